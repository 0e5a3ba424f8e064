package io.kubesolo.update.agent.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes simulated devices, and signs the versions for them. */
public final class DeviceFactory {
  private static final String ALGORITHM = "Ed25519";

  private final KeyPair keys;

  /** Makes a factory with a new key pair. */
  public DeviceFactory() {
    try {
      keys = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java from 15 on has " + ALGORITHM, e);
    }
  }

  /**
   * Makes a device that runs a version from slot a, which is marked good. Slot b is empty.
   *
   * @param dir the device directory to make
   * @param config what its device.json says
   * @param slotSize how many bytes a slot has
   */
  public void makeDevice(
      Path dir, Map<String, Object> config, int slotSize, String version, byte[] image)
      throws IOException {
    Files.createDirectories(dir.resolve("slots"));
    Slots slots = new Slots(dir.resolve("slots"));
    Files.write(slots.image(Slot.A), Arrays.copyOf(image, slotSize));
    Files.write(slots.note(Slot.A), content(version, image).toJson());
    Files.write(slots.image(Slot.B), new byte[slotSize]);
    Files.writeString(dir.resolve("device.json"), JsonObject.write(config) + "\n");
    Files.writeString(dir.resolve("update.pub"), pem(), US_ASCII);
    Files.write(dir.resolve("grubenv"), bootEnvironment());
  }

  private static byte[] bootEnvironment() {
    try {
      return BootEnvironment.of(Slot.A, 3).toBytes();
    } catch (Failure e) {
      throw new IllegalStateException("an empty block has room for three keys", e);
    }
  }

  /** Puts a version on a server: its image, and the manifest with its signature. */
  public void publish(Path server, String version, byte[] image) throws IOException {
    String file = version + ".img";
    byte[] manifest = manifest(file, content(version, image));
    Files.createDirectories(server);
    Files.write(server.resolve(file), image);
    Files.write(server.resolve(Manifest.NAME + ".sig"), sign(manifest));
    Files.write(server.resolve(Manifest.NAME), manifest);
  }

  public static SlotContent content(String version, byte[] image) {
    return new SlotContent(version, image.length, Sha256.of(image));
  }

  public static byte[] manifest(String file, SlotContent content) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("version", content.version());
    values.put("file", file);
    values.put("size", content.size());
    values.put("sha256", content.sha256());
    return (JsonObject.write(values) + "\n").getBytes(UTF_8);
  }

  public byte[] sign(byte[] bytes) {
    try {
      Signature signer = Signature.getInstance(ALGORITHM);
      signer.initSign(keys.getPrivate());
      signer.update(bytes);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of this maker signs", e);
    }
  }

  private String pem() {
    byte[] encoded = keys.getPublic().getEncoded();
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return String.join(
        "\n", List.of("-----BEGIN PUBLIC KEY-----", text, "-----END PUBLIC KEY-----", ""));
  }
}

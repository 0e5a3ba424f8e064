package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vavr.control.Either;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A server in memory, whose offer and whose faults are set by the walk. */
final class WalkServer implements UpdateServer {
  /** What may be wrong. */
  enum Fault {
    NONE,
    DOWN,
    CUT
  }

  private final DeviceMaker maker;
  private final Map<String, byte[]> manifests = new HashMap<>();
  private final Map<String, byte[]> signatures = new HashMap<>();
  private String offer = "";
  private Fault fault = Fault.NONE;

  WalkServer(DeviceMaker maker) {
    this.maker = maker;
  }

  static byte[] image(String version) {
    return (version + "_").getBytes(US_ASCII);
  }

  void offers(String version, Fault wrong) {
    offer = version;
    fault = wrong;
  }

  @Override
  public String address(String name) {
    return "http://server/" + name;
  }

  @Override
  public Either<Trouble, byte[]> fetch(String name, int maxBytes) {
    if (fault == Fault.DOWN) {
      return Either.left(Trouble.at(address(name), "no connection"));
    }
    byte[] manifest = manifests.computeIfAbsent(
        offer,
        version -> DeviceMaker.manifest(version, DeviceMaker.content(version, image(version))));
    return Either.right(
        name.equals(Manifest.NAME)
            ? manifest
            : signatures.computeIfAbsent(offer, version -> maker.sign(manifest)));
  }

  @Override
  public Either<Trouble, Body> open(String name, long from) {
    byte[] image = image(name);
    int end = fault == Fault.CUT ? image.length - 1 : image.length;
    InputStream in =
        new ByteArrayInputStream(Arrays.copyOfRange(image, (int) from, Math.max((int) from, end)));
    return Either.right(new Body() {
      @Override
      public long from() {
        return from;
      }

      @Override
      public InputStream in() {
        return in;
      }

      @Override
      public void close() {}

      @Override
      public String reason(IOException e) {
        return "broken off";
      }
    });
  }
}

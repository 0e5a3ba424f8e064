package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged agent takes the fleet lock from this service, and gives it back. */
@Timeout(120)
class AgentFleetLockIT {
  private static final Path LAUNCHER =
      Path.of("../agent/update-agent").toAbsolutePath().normalize();
  private static final String DATABASE =
      "jdbc:h2:mem:agents;USER=sa;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1";

  private static final int REBOOT = 14;

  @TempDir
  private Path dir;

  private FleetService service;
  private HttpServer updates;
  private KeyPair keys;

  @BeforeEach
  void start() throws Exception {
    service = new FleetService(DATABASE, "--fleet.lock-slots.edge=1");
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    updates = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] image = "the image of v2".getBytes(UTF_8);
    byte[] manifest = content("v2", image, ",\"file\":\"v2.img\"").getBytes(UTF_8);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(keys.getPrivate());
    signature.update(manifest);
    serve("v2.img", image);
    serve("manifest.json", manifest);
    serve("manifest.json.sig", signature.sign());
    updates.start();
  }

  private void serve(String name, byte[] content) {
    updates.createContext("/" + name, exchange -> {
      try (exchange) {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
      }
    });
  }

  @AfterEach
  void stop() {
    updates.stop(0);
    service.close();
  }

  @Test
  void oneDeviceAtATimeRebootsIntoAnUpdate() throws Exception {
    makeDevice("first");
    makeDevice("second");

    assertThat(run("first")).contains("slot b boots next, with v2").endsWith(exit(REBOOT));
    assertThat(locks()).contains("\"id\":\"first\"", "\"group\":\"edge\"");

    assertThat(run("second"))
        .contains("v2 is staged, and not activated now: the fleet lock is not granted")
        .contains("409 (failed_lock_semaphore_full: all slots of the group are taken")
        .endsWith(exit(0));
    assertThat(locks()).doesNotContain("second");

    assertThat(agent("first", "simulate-boot")).endsWith(exit(0));
    assertThat(run("first")).contains("v2 is healthy").endsWith(exit(0));
    assertThat(locks()).doesNotContain("first");

    assertThat(run("second")).contains("slot b boots next, with v2").endsWith(exit(REBOOT));
    assertThat(locks()).contains("\"id\":\"second\"");
  }

  private String locks() throws Exception {
    return service.get("/locks").json().toString();
  }

  private String run(String id) throws Exception {
    return agent(id, "run", "--reboot-exit-code");
  }

  /** Runs a command of the agent, and returns what it prints, and then its exit code. */
  private String agent(String id, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(LAUNCHER.toString(), "--device", dir.resolve(id).toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    return printed + exit(process.waitFor());
  }

  private static String exit(int code) {
    return "exit code " + code;
  }

  /** Makes a device that has booted v1 from slot a, and finds it healthy. */
  private void makeDevice(String id) throws Exception {
    Path device = dir.resolve(id);
    Path slots = Files.createDirectories(device.resolve("slots"));
    byte[] image = "the image of v1".getBytes(UTF_8);
    Files.write(slots.resolve("a.img"), image);
    Files.write(slots.resolve("b.img"), new byte[image.length]);
    Files.writeString(slots.resolve("a.json"), content("v1", image, ""));
    String key = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    Files.writeString(
        device.resolve("update.pub"),
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(key));
    String variables = "# GRUB Environment Block\nactive_slot=a\nboot_success=1\nboot_counter=3\n";
    Files.writeString(device.resolve("grubenv"), variables + "#".repeat(1024 - variables.length()));
    Files.writeString(device.resolve("device.json"), """
        {"server": "http://127.0.0.1:%d/", "health_check": ["true"],
         "activation": {"fleet_lock":
           {"url": "http://127.0.0.1:%d/fleet-lock", "group": "edge", "id": "%s"}}}
        """.formatted(
            updates.getAddress().getPort(), service.port(), id));
    assertThat(agent(id, "simulate-boot")).endsWith(exit(0));
  }

  /** Returns what a slot's note says, and with more a manifest. */
  private static String content(String version, byte[] image, String more) throws Exception {
    String sha256 =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
    return "{\"version\":\"%s\",\"size\":%d,\"sha256\":\"%s\"%s}"
        .formatted(version, image.length, sha256, more);
  }
}

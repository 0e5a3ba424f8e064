package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.BootRecord;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** A device in a test's folder, running v1 from slot a, and the commands that work on it. */
public final class TestDevice {
  public static final int IMAGE_BYTES = 300_000;
  public static final int SLOT_BYTES = 400_000;

  public final Path dir;
  public final DeviceFactory maker = new DeviceFactory();
  private final Map<String, Object> config = new LinkedHashMap<>();

  public TestDevice(Path dir, URI server) throws IOException {
    this.dir = dir;
    config.put("server", server.toString());
    config.put("health_check", List.of("true"));
    config.put("fetch_timeout_s", 1);
    config.put("health_timeout_s", 10);
    config.put("health_interval_s", 0);
    config.put("boot_tries", 2);
    maker.makeDevice(dir, config, SLOT_BYTES, "v1", image("v1"));
    done("boot");
    done("healthcheck");
  }

  public static byte[] image(String version) {
    byte[] image = new byte[IMAGE_BYTES];
    new Random(version.hashCode()).nextBytes(image);
    return image;
  }

  /** Has the server offer a version. */
  public void offer(RawServer server, String version) {
    offer(server, version, RawServer.file(image(version)));
  }

  public void offer(RawServer server, String version, RawServer.Reply image) {
    byte[] manifest =
        DeviceFactory.manifest(version + ".img", DeviceFactory.content(version, image(version)));
    server.on("manifest.json", RawServer.file(manifest));
    server.on("manifest.json.sig", RawServer.file(maker.sign(manifest)));
    server.on(version + ".img", image);
  }

  public void configure(String key, Object value) throws IOException {
    config.put(key, value);
    Files.writeString(dir.resolve("device.json"), JsonObject.write(config), UTF_8);
  }

  public void healthy(boolean healthy) throws IOException {
    configure("health_check", List.of("sh", "-c", healthy ? "true" : "echo no network; exit 1"));
  }

  /** Puts a version into a slot. */
  public void install(Slot slot, String version) throws IOException {
    Files.write(slots().image(slot), Arrays.copyOf(image(version), SLOT_BYTES));
    Files.write(
        slots().note(slot), DeviceFactory.content(version, image(version)).toJson());
  }

  /** Damages the content of a slot. */
  public void damage(Slot slot) throws IOException {
    Files.write(slots().image(slot), new byte[SLOT_BYTES]);
  }

  /** Makes a slot the active one and gives it boots, as if the boot loader had fallen back to it. */
  public void fallBackTo(Slot slot) throws IOException, Failure {
    BootEnvironmentFile file = new BootEnvironmentFile(dir.resolve("grubenv"));
    BootEnvironment env = file.read();
    file.write(
        new BootEnvironment(slot, 3, false, env.updateTarget(), env.upperCase(), env.block()));
    boots(slot);
  }

  /** Simulates a kernel that runs from a slot, whatever the boot environment says. */
  public void boots(Slot slot) throws IOException {
    runs(slot, UUID.randomUUID().toString(), BootRecord.hostUptimeNow());
  }

  /** Makes this boot, and so a phase that began in it, longer than any short deadline. */
  public void hasBeenUpSinceTheHostStarted() throws IOException, Failure {
    runs(running().slot(), running().bootId(), Duration.ZERO);
  }

  private void runs(Slot slot, String bootId, Duration hostUptime) throws IOException {
    Files.writeString(
        dir.resolve("running.json"),
        JsonObject.write(Map.of(
                "slot", slot.letter(),
                "boot_id", bootId,
                "host_uptime_ms", hostUptime.toMillis()))
            + "\n");
  }

  public CommandLineRun.Result run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--device";
    all[1] = dir.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return CommandLineRun.run(Map.of(), new byte[0], all);
  }

  /** Runs a command that must end well. */
  public CommandLineRun.Result done(String... arguments) {
    CommandLineRun.Result result = run(arguments);
    assertThat(result.code()).as("%s", result).isZero();
    return result;
  }

  public UpdateState state() {
    return StateFile.at(dir.resolve("state.json")).read().get().state();
  }

  public Phase phase() {
    return state().phase();
  }

  public BootEnvironment env() throws Failure {
    return new BootEnvironmentFile(dir.resolve("grubenv")).read();
  }

  public BootRecord running() throws Failure {
    return BootRecord.read(dir.resolve("running.json"));
  }

  public Slots slots() {
    return new Slots(dir.resolve("slots"));
  }

  /** Returns all that a rejected or idle command must leave as it is. */
  public Map<String, String> files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    try (var paths = Files.walk(dir)) {
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        files.put(
            dir.relativize(path).toString(),
            java.util.Arrays.hashCode(Files.readAllBytes(path)) + "");
      }
    }
    return files;
  }
}

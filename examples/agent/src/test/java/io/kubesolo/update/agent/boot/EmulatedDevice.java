package io.kubesolo.update.agent.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.VolatileDisk;
import io.kubesolo.update.core.UpdateState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A device that runs in an emulated machine, and its update server on the loopback of the host. */
final class EmulatedDevice implements AutoCloseable {
  /** The device directory, as the device sees it. */
  static final String DIRECTORY = "/var/lib/kubesolo/update";

  /** The boots that a slot gets. */
  static final int BOOT_TRIES = 2;

  /** The command that reboots without writing what is not synced. */
  static final List<String> REBOOT = List.of("reboot", "-n", "-f");

  private static final String AGENT = "/usr/lib/update-agent/update-agent";
  private static final long FOREVER_MICROS = 3_600_000_000L;
  private static final String HOST = "10.0.2.2";
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration LONG_LIMIT = LIMIT.multipliedBy(2);
  private static final Pattern UP = Pattern.compile("<up ([ab]) (\\S+)>");
  private static final Pattern UP_ANYWHERE = Pattern.compile("(?=<up )");
  private static final Pattern HEALTHY = Pattern.compile("\\S+ is healthy, slot [ab]");
  /** The line of an accepted event, or the revision after a command. */
  private static final Pattern ACKNOWLEDGED =
      Pattern.compile("(?m)^[a-z_]+: [a-z_]+ -> [a-z_]+.*\\n| revision=(\\d+)>");

  /** The end of a round of an unattended device, in a phase that does not change by itself. */
  private static final Pattern REST =
      Pattern.compile("<round \\d+ phase=(idle|success|rolled_back|failed) ");

  private static final Pattern EXIT = Pattern.compile("<exit (\\d+) [^>]*>\n");

  private final BootKit kit;
  private final Path folder;
  private final DeviceFactory factory = new DeviceFactory();
  private final RawServer server = new RawServer();
  private Optional<BootDisk> disk = Optional.empty();
  private Optional<Machine> machine = Optional.empty();
  private long acknowledged;
  private Running running = new Running("a", "v1");

  /**
   * What runs after a boot.
   *
   * @param slot the slot that GRUB started, as the kernel's command line says
   * @param version the version, as os-release in its initramfs says
   */
  record Running(String slot, String version) {}

  /**
   * A boot.
   *
   * @param running what runs then
   * @param before what came on the console before
   */
  record Boot(Running running, String before) {}

  /** Work that is done while a device is at rest. */
  @FunctionalInterface
  interface AtRest {
    void run() throws IOException;
  }

  /** The place where a command is halted. */
  enum Place {
    /** The call has not begun. */
    BEFORE("delay_enter"),
    /** The call has done its work. */
    AFTER("delay_exit");

    private final String injection;

    Place(String injection) {
      this.injection = injection;
    }
  }

  /**
   * Makes a device that runs v1 from slot a, which is marked good, and is off. Slot b is empty.
   *
   * @param name the name of its folder, in target/boot
   */
  EmulatedDevice(BootKit kit, String name) throws IOException {
    this.kit = kit;
    folder = kit.newFolder(name);
    byte[] image = kit.goodImage("v1");
    factory.makeDevice(directory(), config("127.0.0.1"), image.length, "v1", image);
  }

  /**
   * Returns the device directory before the device is first switched on, which is that of a simulated
   * device.
   */
  private Path directory() {
    return folder.resolve("data/update");
  }

  private Map<String, Object> config(String host) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("server", server.address().toString().replace("127.0.0.1", host));
    config.put("health_check", List.of("true"));
    config.put("health_tries", 2);
    config.put("health_interval_s", 1);
    config.put("fetch_timeout_s", 60);
    config.put("boot_tries", BOOT_TRIES);
    return config;
  }

  private BootDisk makeDisk() throws IOException {
    Map<String, Object> config = config(HOST);
    config.put("health_check", List.of("sh", "/etc/health-check"));
    config.put("grubenv", "/boot/grub/grubenv");
    config.put("reboot", REBOOT);
    config.put("slots", Map.of("a", "PARTLABEL=slot-a", "b", "PARTLABEL=slot-b"));
    Files.writeString(directory().resolve("device.json"), JsonObject.write(config), UTF_8);
    Files.deleteIfExists(directory().resolve("running.json"));
    return BootDisk.make(folder, kit, folder.resolve("data"));
  }

  /** Has the agent stage the offer before the device is first switched on, on the host, which is faster. */
  void stageOnTheHost() {
    for (String command : List.of("simulate-boot", "healthcheck", "apply")) {
      CommandLineRun.Result result =
          CommandLineRun.run(Map.of(), new byte[0], "--device", directory().toString(), command);
      assertThat(result.code()).as("%s: %s", command, result).isZero();
    }
  }

  /** Has the server offer a version. */
  void offer(String version, byte[] image) {
    offer(version, image, RawServer.file(image));
  }

  /** Has the server offer a version, and send its image in some way. */
  void offer(String version, byte[] image, RawServer.Reply reply) {
    SlotContent content = DeviceFactory.content(version, image);
    byte[] manifest = DeviceFactory.manifest(version + ".img", content);
    server.on("manifest.json", RawServer.file(manifest));
    server.on("manifest.json.sig", RawServer.file(factory.sign(manifest)));
    server.on(version + ".img", reply);
  }

  RawServer server() {
    return server;
  }

  /** Has the device do round after round of the agent's "run" whenever it is on. */
  void makeUnattended() throws IOException {
    Files.createFile(folder.resolve("data/unattended"));
  }

  private Machine machine() {
    return machine.orElseThrow(() -> new AssertionError("the device is off"));
  }

  private void switchOn(long lastChange) throws IOException {
    if (disk.isEmpty()) {
      disk = Optional.of(makeDisk());
    }
    VolatileDisk drive = new VolatileDisk(disk().file());
    drive.failAfter(lastChange);
    machine = Optional.of(new Machine(folder, drive, kit.usr()));
  }

  /** Switches the device on. */
  void switchOn() throws IOException {
    switchOn(Long.MAX_VALUE);
  }

  /** Switches the device on, and waits until it runs. */
  Running powerOn() throws IOException, InterruptedException {
    switchOn();
    return awaitBoot().running();
  }

  /**
   * Switches an unattended device on, and waits until its disk has done some writes and flushes.
   *
   * @param changes how many
   * @param atRest what to do after a round that ends in a phase that nothing follows by itself
   */
  void switchOnUntil(long changes, AtRest atRest) throws IOException, InterruptedException {
    switchOn(changes);
    long deadline = System.nanoTime() + LONG_LIMIT.toNanos();
    while (!machine().disk().awaitPowerFailure(100)) {
      if (machine().console().next(REST).isPresent()) {
        atRest.run();
      }
      assertThat(System.nanoTime())
          .as("%d changes of the disk in %s", changes, folder)
          .isLessThan(deadline);
    }
  }

  /** Runs a command line that reboots the device, and waits until it runs again. */
  Boot runUntilBoot(String line) throws IOException, InterruptedException {
    machine().console().type(line);
    return awaitBoot();
  }

  private Boot awaitBoot() throws InterruptedException {
    StringBuilder before = new StringBuilder();
    MatchResult up = machine().console().await(UP, LIMIT, before);
    return new Boot(new Running(up.group(1), up.group(2)), before.toString());
  }

  /** Waits until a round ends in a phase that nothing follows by itself, and returns that phase. */
  String awaitRest() throws InterruptedException {
    return machine().console().await(REST, LONG_LIMIT, new StringBuilder()).group(1);
  }

  /** Runs a command line on the device. */
  Shell.Result run(String line) throws IOException, InterruptedException {
    SerialConsole console = machine().console();
    console.type(line);
    StringBuilder out = new StringBuilder();
    MatchResult exit = console.await(EXIT, LIMIT, out);
    return new Shell.Result(Integer.parseInt(exit.group(1)), out.toString(), "");
  }

  /** Runs a command line that must succeed, and returns what it printed. */
  String must(String line) throws IOException, InterruptedException {
    Shell.Result result = run(line);
    assertThat(result.code()).as("%s: %s", line, result.out()).isZero();
    return result.out();
  }

  /**
   * Runs a command of the agent until it is at a system call on a file, where it stays.
   *
   * @param place before the call, or after it
   * @param count which of these calls
   */
  void halt(String command, Place place, String call, String path, int count)
      throws IOException, InterruptedException {
    String traced = "strace -f -qq -o /tmp/trace -P %s -e trace=%s -e inject=%s:%s=%d:when=%d"
        .formatted(path, call, call, place.injection, FOREVER_MICROS, count);
    must(": >/tmp/trace; %s %s --device %s %s >/tmp/out 2>&1 & "
            .formatted(traced, AGENT, DIRECTORY, command)
        + "until [ \"$(grep -c '%s(' /tmp/trace)\" -ge %d ]; do ".formatted(call, count)
        + "kill -0 $! || { cat /tmp/out; exit 1; }; sleep 1; done; sleep 2");
  }

  /** Cuts the power, so that all is lost that was not flushed, and examines the disk. */
  UpdateState cutPower() throws IOException, InterruptedException, Failure {
    return cutPower(() -> false);
  }

  /**
   * Cuts the power, and examines the disk: the state file is valid and holds each event that was
   * acknowledged, the version that runs is the one that the device says it is, and the slot that boots next
   * is whole.
   *
   * @param survives whether the next block that was written and not flushed is on the disk nevertheless
   * @return the state
   */
  UpdateState cutPower(BooleanSupplier survives) throws IOException, InterruptedException, Failure {
    machine().cutPower(survives);
    String said = machine().console().text();
    machine = Optional.empty();
    ACKNOWLEDGED
        .matcher(said)
        .results()
        .map(match -> match.group(1))
        .forEach(revision ->
            acknowledged = revision == null ? acknowledged + 1 : Long.parseLong(revision));
    UpdateState state = disk().state();
    assertThat(state.revision()).as("revision of %s", state).isGreaterThanOrEqualTo(acknowledged);
    acknowledged = state.revision();
    for (String boot : UP_ANYWHERE.split(said, -1)) {
      Matcher up = UP.matcher(boot);
      if (up.lookingAt()) {
        running = new Running(up.group(1), up.group(2));
        assertThat(HEALTHY.matcher(boot).results().map(MatchResult::group))
            .allMatch("%s is healthy, slot %s".formatted(up.group(2), up.group(1))::equals);
      }
    }
    assertThat(disk().content(running.slot()).map(SlotContent::version))
        .contains(running.version());
    assertWhole(disk().environment().active().letter());
    return state;
  }

  private void assertWhole(String slot) throws IOException, Failure {
    SlotContent content =
        disk().content(slot).orElseThrow(() -> new AssertionError("slot " + slot + " has no note"));
    assertThat(DeviceFactory.content(
            content.version(), disk().slot(slot, Math.toIntExact(content.size()))))
        .as("slot %s, which boots next", slot)
        .isEqualTo(content);
  }

  /** Returns the disk. The device is off. */
  BootDisk disk() {
    return disk.orElseThrow(() -> new AssertionError("the device was never switched on"));
  }

  @Override
  public void close() throws IOException {
    if (machine.isPresent()) {
      machine.get().cutPower(() -> false);
    }
    server.close();
  }
}

package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A small device on which the agent's own code runs any command from any disk, while each disk is
 * recorded that a kill in the midst of it would leave behind.
 */
final class DeviceWalk implements WatchedFileSystem.Watch {
  static final int TRIES = 1;
  static final int MAX_ATTEMPTS = 2;

  /** One command, run as the agent runs it. */
  interface Action {
    Either<Trouble, ?> run(Bench bench);
  }

  /**
   * What came of a command.
   *
   * @param killed the disk after each change that the command made, the last one left out
   * @param end the disk after the command
   */
  record Run(List<WalkDisk> killed, WalkDisk end) {}

  private final Path dir;
  private final Path watchedDir;
  private final DeviceMaker maker = new DeviceMaker();
  private final WalkServer server = new WalkServer(maker);
  private final Map<String, Action> actions = new LinkedHashMap<>();
  private final Map<String, WalkDisk.StateView> views = new HashMap<>();
  private final WalkDisk.StateView fresh;
  private TreeMap<String, String> files = new TreeMap<>();
  private List<WalkDisk> killed = new ArrayList<>();
  private String untouchable = "";
  private boolean healthy;
  private long changes;

  DeviceWalk(Path dir) throws IOException {
    this.dir = dir;
    this.watchedDir = new WatchedFileSystem(this).watched(dir);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("server", "http://server/");
    config.put("health_check", List.of("true"));
    config.put("boot_tries", TRIES);
    maker.makeDevice(dir, config, 4, "v1", WalkServer.image("v1"));
    Files.createDirectories(dir.resolve("download"));
    fresh = view();
    declareActions();
  }

  private void declareActions() {
    for (String version : List.of("v1", "v2", "v3")) {
      asking("check " + version, version, WalkServer.Fault.NONE, work -> new CheckWork(work).run());
      asking("apply " + version, version, WalkServer.Fault.NONE, DeviceWalk::apply);
    }
    asking("check, server down", "v2", WalkServer.Fault.DOWN, work -> new CheckWork(work).run());
    asking("apply, server down", "v2", WalkServer.Fault.DOWN, DeviceWalk::apply);
    asking("apply v2, cut", "v2", WalkServer.Fault.CUT, DeviceWalk::apply);
    asking(
        "apply v3 --force", "v3", WalkServer.Fault.NONE, work -> new ApplyWork(work, true).run());
    actions.put("activate", bench -> Work.on(bench, work -> new ActivateWork(work).run()));
    actions.put("healthcheck", bench -> healthcheck(bench, true));
    actions.put("healthcheck, sick", bench -> healthcheck(bench, false));
    actions.put("rollback", bench -> Work.on(bench, work -> new RollbackWork(work, "no").run()));
    actions.put("cancel", bench -> send(bench, new Cancel()));
    actions.put("ack", bench -> send(bench, new Acknowledge()));
    actions.put("boot", this::boot);
  }

  /** What can be run, by name. */
  Set<String> actions() {
    return actions.keySet();
  }

  /** How many changes the commands have made so far. */
  long changes() {
    return changes;
  }

  private void asking(
      String name,
      String version,
      WalkServer.Fault fault,
      java.util.function.Function<Work, Either<Trouble, ?>> job) {
    actions.put(name, bench -> {
      server.offers(version, fault);
      return Work.on(bench, work -> job.apply(work).map(done -> name));
    });
  }

  private static Either<Trouble, ?> apply(Work work) {
    return new ApplyWork(work, false).run();
  }

  private Either<Trouble, ?> healthcheck(Bench bench, boolean isHealthy) {
    healthy = isHealthy;
    return Work.on(bench, work -> new HealthcheckWork(work).run());
  }

  private static Either<Trouble, ?> send(Bench bench, UpdateEvent event) {
    return UpdateLifecycle.open(StateFile.at(bench.state()), bench.settings(), bench.engine())
        .mapLeft(Trouble::of)
        .flatMap(lifecycle -> lifecycle.send(event).mapLeft(Trouble::of));
  }

  private Either<Trouble, ?> boot(Bench bench) {
    untouchable = "";
    return Work.locked(bench, device -> new BootLoader(device, Duration.ZERO, line -> {}).boot());
  }

  private Bench bench() {
    Path state = watchedDir.resolve("state.json");
    return new Bench(
        watchedDir,
        state,
        LifecycleSettings.DEFAULT
            .withMaxAttempts(MAX_ATTEMPTS)
            .withClock(() -> Instant.EPOCH)
            .withBoot(() -> Device.boot(watchedDir, Duration.ZERO)),
        new TableEngine(),
        config -> server,
        (device, slot, version) -> Option.when(!healthy, () -> "sick"),
        () -> Duration.ZERO,
        Progress.NONE,
        line -> {},
        line -> {});
  }

  /** The disk as it is now. */
  WalkDisk disk() {
    try (var paths = Files.walk(dir)) {
      TreeMap<String, String> found = new TreeMap<>();
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        if (counts(path)) {
          found.put(name(path), content(path));
        }
      }
      return new WalkDisk(found, stateOf(found));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command on a disk. */
  Run run(WalkDisk disk, String action) {
    restore(disk);
    untouchable = disk.isBooted() ? "slots/" + disk.runningSlot() + "." : "";
    killed = new ArrayList<>();
    java.util.Objects.requireNonNull(actions.get(action)).run(bench());
    WalkDisk end = new WalkDisk(files, stateOf(files));
    return new Run(killed, end);
  }

  private void restore(WalkDisk disk) {
    Set<String> names = new TreeSet<>(files.keySet());
    names.addAll(disk.files().keySet());
    for (String name : names) {
      String content = disk.files().get(name);
      if (content == null) {
        change(() -> Files.deleteIfExists(dir.resolve(name)));
      } else if (!content.equals(files.get(name))) {
        change(() -> Files.write(dir.resolve(name), content.getBytes(ISO_8859_1)));
      }
    }
    files = new TreeMap<>(disk.files());
  }

  @Override
  public void before(Path changed) {
    if (!untouchable.isEmpty() && name(changed).startsWith(untouchable)) {
      throw new AssertionError("the running slot is written to: " + changed);
    }
  }

  @Override
  public void after(Path changed) {
    changes++;
    if (counts(changed)) {
      TreeMap<String, String> next = new TreeMap<>(files);
      if (Files.exists(changed)) {
        next.put(name(changed), content(changed));
      } else {
        next.remove(name(changed));
      }
      files = next;
      killed.add(new WalkDisk(next, stateOf(next)));
    }
  }

  private boolean counts(Path path) {
    String name = String.valueOf(path.getFileName());
    return !name.endsWith(".lock") && !name.endsWith(".tmp") && !Files.isDirectory(path);
  }

  private String name(Path path) {
    return dir.relativize(path).toString();
  }

  private static String content(Path path) {
    try {
      return Files.readString(path, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private WalkDisk.StateView stateOf(Map<String, String> disk) {
    String json = disk.get("state.json");
    return json == null ? fresh : views.computeIfAbsent(json, unseen -> view());
  }

  private WalkDisk.StateView view() {
    return WalkDisk.StateView.of(
        StateFile.at(dir.resolve("state.json")).read().get().state());
  }

  private static void change(java.util.concurrent.Callable<?> change) {
    try {
      change.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

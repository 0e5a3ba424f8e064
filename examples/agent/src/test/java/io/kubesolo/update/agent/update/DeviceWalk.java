package io.kubesolo.update.agent.update;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.BootSimulator;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A small device on which the agent's own code runs any command from any disk, while each disk is
 * recorded that a kill in the midst of it would leave behind.
 */
final class DeviceWalk implements WatchedFileSystem.Watch {
  /** The end of the name of a mark, which says nothing after the next boot. */
  private static final String MARK = ".outcome";

  /** When a mark was written, which makes no difference. */
  private static final Pattern UPTIME = Pattern.compile("(?m)^[0-9]+ (?=\\S+$)");

  static final int TRIES = 1;
  static final int MAX_ATTEMPTS = 2;

  /** One command, run as the agent runs it. */
  interface Action {
    void run(UpdateContext context) throws Failure;
  }

  /**
   * What came of a command.
   *
   * @param killed the disks that a kill after each change would have left
   * @param cut the disks that a power cut at any time may have left
   * @param end the disk after the command
   */
  record Run(List<WalkDisk> killed, List<WalkDisk> cut, WalkDisk end) {}

  /** The end of a process that is killed: nothing that it does afterwards reaches the disk. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private final Path dir;
  private final Path scratch;
  private final Path watchedDir;
  private final DeviceFactory maker = new DeviceFactory();
  private final WalkServer server = new WalkServer();
  private final TableEngine engine = new TableEngine();
  private final Map<String, Action> actions = new LinkedHashMap<>();
  private final Map<String, WalkDisk.StateView> views = new HashMap<>();
  private final WalkDisk.StateView fresh;
  private Map<String, String> files = new TreeMap<>();
  private List<WalkDisk> killed = new ArrayList<>();
  private List<WalkDisk> cut = new ArrayList<>();
  private final Set<Map<String, String>> cutBefore = new HashSet<>();
  private PowerCuts power = new PowerCuts(Map.of());
  private String untouchable = "";
  private boolean healthy;
  private boolean syncsImages = true;
  private int changes;
  private int dieAt = Integer.MAX_VALUE;
  private int interjectAt = Integer.MAX_VALUE;

  DeviceWalk(Path folder) throws IOException {
    dir = folder.resolve("device");
    scratch = folder.resolve("scratch.json");
    this.watchedDir = new WatchedFileSystem(this).watched(dir);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("server", "http://server/");
    config.put("health_check", List.of("true"));
    config.put("boot_tries", TRIES);
    config.put("health_tries", 1);
    maker.makeDevice(dir, config, 4, "v1", WalkServer.image("v1"));
    Files.createDirectories(dir.resolve("download"));
    fresh = WalkDisk.StateView.of(UpdateState.fresh(Instant.EPOCH));
    declareActions();
  }

  private void declareActions() {
    for (String version : List.of("v1", "v2", "v3")) {
      asking("check " + version, version, WalkServer.Fault.NONE, work -> new CheckTask(work).run());
      asking("apply " + version, version, WalkServer.Fault.NONE, DeviceWalk::apply);
    }
    asking("check, server down", "v2", WalkServer.Fault.DOWN, work -> new CheckTask(work).run());
    asking("apply, server down", "v2", WalkServer.Fault.DOWN, DeviceWalk::apply);
    asking("apply v2, cut", "v2", WalkServer.Fault.CUT, DeviceWalk::apply);
    asking(
        "apply v3 --force", "v3", WalkServer.Fault.NONE, work -> new ApplyTask(work, true).run());
    actions.put(
        "activate", context -> UpdateSession.run(context, work -> new ActivateTask(work).run()));
    actions.put("healthcheck", context -> healthcheck(context, true));
    actions.put("healthcheck, sick", context -> healthcheck(context, false));
    actions.put(
        "rollback",
        context ->
            UpdateSession.run(context, work -> new RollbackTask(work, new Rollback("no")).run()));
    actions.put("cancel", context -> send(context, new Cancel()));
    actions.put("ack", context -> send(context, new Acknowledge()));
    actions.put("boot", this::boot);
  }

  /** What can be run, by name. */
  Set<String> actions() {
    return actions.keySet();
  }

  /** Has a disk that forgets images, however often they are synced. */
  DeviceWalk withoutSyncOfImages() {
    syncsImages = false;
    return this;
  }

  private void asking(
      String name,
      String version,
      WalkServer.Fault fault,
      UpdateSession.Task<UpdateSession, ?> task) {
    actions.put(name, context -> {
      server.offers(version, fault);
      UpdateSession.run(context, task);
    });
  }

  private static String apply(UpdateSession work) throws Failure {
    return new ApplyTask(work, false).run();
  }

  private void healthcheck(UpdateContext context, boolean isHealthy) throws Failure {
    healthy = isHealthy;
    new HealthCheckTask(context).run();
  }

  private static void send(UpdateContext context, UpdateEvent event) throws Failure {
    try (UpdateLifecycle lifecycle = Failure.orThrow(UpdateLifecycle.open(
        StateFile.at(context.state()), context.settings(), context.engine()))) {
      Failure.orThrow(lifecycle.send(event));
    }
  }

  private void boot(UpdateContext context) throws Failure {
    untouchable = "";
    UpdateSession.runLocked(
        context, device -> new BootSimulator(device, Duration.ZERO, line -> {}).boot());
  }

  private UpdateContext context(Path device) {
    return new UpdateContext(
        device,
        device.resolve("state.json"),
        LifecycleSettings.DEFAULT
            .withMaxAttempts(MAX_ATTEMPTS)
            .withClock(() -> Instant.EPOCH)
            .withBoot(() -> Device.boot(device, Duration.ZERO)),
        engine,
        config -> server,
        (where, slot, version) -> healthy ? HealthResult.HEALTHY : HealthResult.unhealthy("sick"),
        config -> Optional.empty(),
        command -> {},
        () -> Duration.ZERO,
        DownloadProgress.NONE,
        line -> {},
        line -> {});
  }

  /** The disk as it is now. */
  WalkDisk disk() {
    try (var paths = Files.walk(dir)) {
      Map<String, String> found = new TreeMap<>();
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
    prepare(disk);
    execute(action);
    return new Run(killed, cut, new WalkDisk(files, stateOf(files)));
  }

  /** Runs a command on a disk, and kills it after a change; tells what is really there then. */
  WalkDisk kill(WalkDisk disk, String action, int afterChange) {
    prepare(disk);
    dieAt = afterChange;
    try {
      execute(action);
    } catch (Killed e) {
      // An agent that answers instead, because its store threw, changes nothing either.
    } finally {
      dieAt = Integer.MAX_VALUE;
    }
    if (changes < afterChange) {
      throw new AssertionError(action + " ended before its change " + afterChange);
    }
    return disk();
  }

  /**
   * Runs a command on a disk, and in the midst of it an operator's command that waits for nobody.
   *
   * @return the disk after both; none where the operator has nothing to say at that time
   */
  Option<WalkDisk> interject(WalkDisk disk, String action, int afterChange) {
    prepare(disk);
    interjectAt = afterChange;
    execute(action);
    boolean said = interjectAt < 0;
    interjectAt = Integer.MAX_VALUE;
    return Option.when(said, () -> new WalkDisk(files, stateOf(files)));
  }

  private void prepare(WalkDisk disk) {
    restore(disk);
    untouchable = disk.isBooted() ? "slots/" + disk.runningSlot() + ".img" : "";
    killed = new ArrayList<>();
    cut = new ArrayList<>();
    cutBefore.clear();
    power = new PowerCuts(files);
    changes = 0;
  }

  /** Runs a command, which may fail. */
  private void execute(String action) {
    try {
      Objects.requireNonNull(actions.get(action)).run(context(watchedDir));
    } catch (Failure e) {
      // What a command leaves on the disk is looked at whether it fails or not.
    }
  }

  private void restore(WalkDisk disk) {
    Set<String> names = new TreeSet<>(files.keySet());
    names.addAll(disk.files().keySet());
    for (String name : names) {
      String content = disk.files().get(name);
      if (content == null) {
        change(() -> Files.deleteIfExists(dir.resolve(name)));
      } else if (!content.equals(files.get(name))) {
        change(() -> write(dir.resolve(name), content));
      }
    }
    files = new TreeMap<>(disk.files());
  }

  /** Another walker may have met the file's folder first. */
  private static Path write(Path file, String content) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    return Files.write(file, content.getBytes(ISO_8859_1));
  }

  @Override
  public void before(Path changed) {
    if (changes == dieAt) {
      throw new Killed();
    }
    if (!untouchable.isEmpty() && name(changed).startsWith(untouchable)) {
      throw new AssertionError("the running slot is written to: " + changed);
    }
  }

  @Override
  public void after(Path changed) {
    String name = name(changed);
    boolean exists = Files.isRegularFile(changed);
    if (exists) {
      power.written(name, content(changed));
    } else {
      power.removed(name);
    }
    if (counts(changed)) {
      files = new TreeMap<>(files);
      if (exists) {
        files.put(name, content(changed));
      } else {
        files.remove(name);
      }
      killed.add(new WalkDisk(files, stateOf(files)));
      changed(name);
    }
    cutPower();
  }

  private void changed(String name) {
    changes++;
    if (changes == dieAt) {
      throw new Killed();
    }
    if (changes == interjectAt && !name.startsWith("state.json")) {
      interject();
    }
  }

  /** Only in a phase that the operator's commands end. */
  private void interject() {
    Phase phase = stateOf(files).phase();
    boolean outcome = phase.isResting() && phase != Phase.IDLE;
    boolean cancellable =
        Set.of(Phase.CHECKING, Phase.DOWNLOADING, Phase.STAGED).contains(phase);
    if (outcome || cancellable) {
      try {
        send(context(dir), outcome ? new Acknowledge() : new Cancel());
      } catch (Failure e) {
        throw new AssertionError(e.message(), e);
      }
      files = disk().files();
      interjectAt = -1;
    }
  }

  @Override
  public void renaming(Path from, Path to) {
    power.renamed(name(from), name(to));
  }

  @Override
  public void synced(Path path) {
    String name = name(path.normalize());
    if (Files.isDirectory(path)) {
      power.namesSynced(name.isEmpty() ? "" : name + "/");
    } else if (syncsImages || !name.endsWith(".img")) {
      power.contentSynced(name);
    }
    cutPower();
  }

  private void cutPower() {
    for (Map<String, String> left : power.outcomes()) {
      left.keySet()
          .removeIf(name -> name.endsWith(".lock") || name.endsWith(".tmp") || name.endsWith(MARK));
      if (cutBefore.add(left)) {
        cut.add(new WalkDisk(left, stateOf(left)).down());
      }
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
      String content = Files.readString(path, ISO_8859_1);
      return path.toString().endsWith(MARK) ? UPTIME.matcher(content).replaceFirst("0 ") : content;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private WalkDisk.StateView stateOf(Map<String, String> disk) {
    String json = disk.get("state.json");
    return json == null ? fresh : views.computeIfAbsent(json, this::view);
  }

  private WalkDisk.StateView view(String json) {
    change(() -> Files.writeString(scratch, json, ISO_8859_1));
    return WalkDisk.StateView.of(StateFile.at(scratch).read().get().state());
  }

  private static void change(java.util.concurrent.Callable<?> change) {
    try {
      change.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.kubesolo.update.agent.update;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.BootSimulator;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import io.kubesolo.update.core.Deadlines;
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
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
  static final List<String> VERSIONS = List.of("v1", "v2", "v3");

  private static final Map<String, String> SHA256 = VERSIONS.stream()
      .collect(Collectors.toMap(
          version -> version,
          version -> DeviceFactory.content(version, WalkServer.image(version)).sha256()));

  static final String BOOT = "boot";

  /** Five boots, the first four of which are cut short, so that the boot loader may fall back. */
  static final String FIVE_BOOTS = "boot, four times cut short";

  /** A round of an unattended device, followed by what is offered and found. */
  static final String ROUND = "run ";

  static final String SWITCH_BY_HAND = "switch by hand";
  static final String DAMAGE_SLOT = "the passive slot is damaged";
  static final String DAMAGE_STATE = "the state file is damaged";
  static final String DAMAGE_ENV = "the boot environment is damaged";

  /** What is not done by the agent. */
  private static final Set<String> OUTSIDE =
      Set.of(BOOT, FIVE_BOOTS, SWITCH_BY_HAND, DAMAGE_SLOT, DAMAGE_STATE, DAMAGE_ENV);

  private static final List<String> UNATTENDED = List.of(BOOT, FIVE_BOOTS, SWITCH_BY_HAND);

  /** The content of a damaged file. */
  static final String DAMAGE = "!!!!";

  /** With an uptime that is less than what the state file records of it, any phase is overdue. */
  private static final Duration MOMENT = Duration.ofNanos(2);

  static final int MAX_ATTEMPTS = 2;

  private static final HealthResult SICK = HealthResult.unhealthy("sick");

  private static final Deadlines DEADLINES = new Deadlines(Stream.of(Phase.values())
      .filter(phase -> !phase.isResting())
      .collect(Collectors.toMap(phase -> phase, phase -> Duration.ofNanos(1))));

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

  /** What is wrong with the file system. */
  enum Fault {
    NONE(""),
    /** Nothing can be created; what exists can be overwritten in place, renamed and removed. */
    FULL(", disk full"),
    READ_ONLY(", disk read-only");

    private final String suffix;

    Fault(String suffix) {
      this.suffix = suffix;
    }
  }

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
  private String passive = "";
  private HealthResult health = HealthResult.HEALTHY;
  private Duration uptime = Duration.ZERO;
  private boolean rival;
  private boolean isWorking;
  private boolean slotBegun;
  /** A rule that was broken; thrown at the end, because a store answers what is thrown in it. */
  private String broken = "";

  private Fault fault = Fault.NONE;
  private boolean syncsImages = true;
  private boolean records = true;
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
    for (String version : VERSIONS) {
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
    asking("apply v2, damaged image", "v2", WalkServer.Fault.DAMAGED, DeviceWalk::apply);
    actions.put("healthcheck", context -> healthcheck(context, HealthResult.HEALTHY));
    actions.put("healthcheck, sick", context -> healthcheck(context, SICK));
    actions.put(
        "healthcheck, not started",
        context -> healthcheck(context, HealthResult.undetermined("not started")));
    actions.put("tick, overdue", context -> {
      uptime = MOMENT;
      UpdateSession.run(context, work -> Tick.run(work.lifecycle()));
    });
    actions.put(
        "rollback",
        context ->
            UpdateSession.run(context, work -> new RollbackTask(work, new Rollback("no")).run()));
    actions.put("cancel", context -> send(context, new Cancel()));
    actions.put("ack", context -> send(context, new Acknowledge()));
    actions.put(
        "rollback --retry",
        context -> UpdateSession.run(
            context, work -> new RollbackTask(work, new Rollback("no", true)).run()));
    actions.put(BOOT, context -> boot(context, 1));
    actions.put(FIVE_BOOTS, context -> boot(context, 5));
    actions.put(SWITCH_BY_HAND, DeviceWalk::switchByHand);
    actions.put(DAMAGE_SLOT, context -> damage("slots/" + passive + ".img"));
    actions.put(DAMAGE_STATE, context -> damage("state.json"));
    actions.put(DAMAGE_ENV, context -> damage("grubenv"));
    for (String offer : VERSIONS) {
      actions.put(round(offer, true), context -> round(context, offer, true));
      actions.put(round(offer, false), context -> round(context, offer, false));
    }
    for (String action : List.of("apply v2", "activate", "healthcheck", "rollback")) {
      onFaultyDisk(action, Fault.FULL);
    }
    onFaultyDisk("healthcheck", Fault.READ_ONLY);
  }

  private void onFaultyDisk(String action, Fault wrong) {
    actions.put(action + wrong.suffix, context -> {
      fault = wrong;
      Objects.requireNonNull(actions.get(action)).run(context);
    });
  }

  /** Has no operator who gives commands: there are rounds, boots, and switches by hand. */
  DeviceWalk unattended() {
    actions.keySet().removeIf(action -> !action.startsWith(ROUND) && !UNATTENDED.contains(action));
    return this;
  }

  /** Returns what can happen to a disk, by name. */
  Collection<String> actions(WalkDisk disk) {
    return disk.isBooted() ? actions.keySet() : UNATTENDED;
  }

  /** Returns whether one command of the agent is all that an action is. */
  static boolean isCommand(String action) {
    return !OUTSIDE.contains(action) && !action.startsWith(ROUND);
  }

  /** Has a rival that tries to take the work lock after each change of a command of the agent. */
  DeviceWalk withRival() {
    rival = true;
    return this;
  }

  /** Returns each set of versions that may be the healthy ones. */
  static List<Set<String>> subsets() {
    List<Set<String>> subsets = new ArrayList<>();
    for (int bits = 0; bits < 1 << VERSIONS.size(); bits++) {
      Set<String> subset = new TreeSet<>();
      for (int i = 0; i < VERSIONS.size(); i++) {
        if ((bits >> i & 1) == 1) {
          subset.add(VERSIONS.get(i));
        }
      }
      subsets.add(subset);
    }
    return subsets;
  }

  /** Returns the name of the round in which a version is offered while the running one is healthy. */
  static String round(String offer, boolean isHealthy) {
    return ROUND + offer + (isHealthy ? ", healthy" : ", sick");
  }

  /** One round of an unattended device, and the reboot that it calls for. */
  private void round(UpdateContext context, String offer, boolean isHealthy) throws Failure {
    server.offers(offer, WalkServer.Fault.NONE);
    health = isHealthy ? HealthResult.HEALTHY : SICK;
    if (new RunTask(context, (step, failure) -> {}).run()) {
      boot(context, 1);
    }
  }

  /** An operator makes the other slot the active one, and says that it is good. */
  private static void switchByHand(UpdateContext context) throws Failure {
    BootEnvironmentFile file = Device.open(context.dir()).bootEnvironment();
    BootEnvironment env = file.read();
    file.write(BootEnvironment.of(env.active().other(), TRIES));
  }

  /** A file that is there holds something else. */
  private void damage(String name) {
    Path file = dir.resolve(name);
    if (Files.exists(file)) {
      change(() -> Files.writeString(file, DAMAGE));
      files = disk().files();
    }
  }

  /** Has a disk that forgets images, however often they are synced. */
  DeviceWalk withoutSyncOfImages() {
    syncsImages = false;
    return this;
  }

  static String sha256(String version) {
    return Objects.requireNonNull(SHA256.get(version));
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

  private void healthcheck(UpdateContext context, HealthResult found) throws Failure {
    health = found;
    new HealthCheckTask(context).run();
  }

  private static void send(UpdateContext context, UpdateEvent event) throws Failure {
    try (UpdateLifecycle lifecycle = Failure.orThrow(UpdateLifecycle.open(
        StateFile.at(context.state()).withBoot(context.settings().boot()),
        context.settings(),
        context.engine()))) {
      Failure.orThrow(lifecycle.send(event));
    }
  }

  /** Boots so many times; all but the last boot are cut short before the agent starts. */
  private void boot(UpdateContext context, int times) throws Failure {
    untouchable = "";
    for (int i = 0; i < times; i++) {
      UpdateSession.runLocked(
          context, device -> new BootSimulator(device, Duration.ZERO, line -> {}).boot());
    }
  }

  private UpdateContext context(Path device) {
    return new UpdateContext(
        device,
        device.resolve("state.json"),
        LifecycleSettings.DEFAULT
            .withMaxAttempts(MAX_ATTEMPTS)
            .withClock(() -> Instant.EPOCH)
            .withDeadlines(DEADLINES)
            .withBoot(() -> Device.boot(device, uptime)),
        engine,
        config -> server,
        (where, slot, version) -> health,
        config -> Optional.empty(),
        command -> {},
        () -> uptime,
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

  /** Runs a command on a disk, and returns the disk after it. */
  WalkDisk end(WalkDisk disk, String action) {
    prepare(disk);
    records = false;
    execute(action);
    return new WalkDisk(files, stateOf(files));
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
    passive = disk.passiveSlot();
    uptime = Duration.ZERO;
    slotBegun = false;
    broken = "";
    killed = new ArrayList<>();
    cut = new ArrayList<>();
    cutBefore.clear();
    power = new PowerCuts(files);
    changes = 0;
    fault = Fault.NONE;
    records = true;
    views.clear();
  }

  /** Runs a command, which may fail. */
  private void execute(String action) {
    try {
      isWorking = rival && isCommand(action) && !action.equals("cancel") && !action.equals("ack");
      Objects.requireNonNull(actions.get(action)).run(context(watchedDir));
    } catch (Failure e) {
      // What a command leaves on the disk is looked at whether it fails or not.
    }
    if (!broken.isEmpty()) {
      throw new AssertionError(broken);
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
  public void before(Path changed) throws IOException {
    if (changes == dieAt) {
      throw new Killed();
    }
    if (fault == Fault.READ_ONLY) {
      throw new FileSystemException(changed.toString(), null, "Read-only file system");
    }
    if (fault == Fault.FULL && Files.notExists(changed)) {
      throw new FileSystemException(changed.toString(), null, "No space left on device");
    }
    if (!untouchable.isEmpty() && name(changed).startsWith(untouchable)) {
      broken = "the running slot is written to";
    }
    if (interjectAt < 0 && !slotBegun && name(changed).endsWith(".img")) {
      broken = "a slot is written although its version was given up";
    }
    slotBegun |= name(changed).endsWith(".img");
  }

  @Override
  public void after(Path changed) {
    String name = name(changed);
    String content = Files.isRegularFile(changed) ? content(changed) : null;
    if (content == null) {
      power.removed(name);
    } else {
      power.written(name, content);
    }
    if (counts(changed)) {
      files = new TreeMap<>(files);
      if (content == null) {
        files.remove(name);
      } else {
        files.put(name, content);
      }
      if (records) {
        killed.add(new WalkDisk(files, stateOf(files)));
      }
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
    if (isWorking) {
      requireLocked();
    }
  }

  /** By another thread, because a thread that holds a lock is no rival of itself. */
  private void requireLocked() {
    CompletableFuture<Boolean> isTaken = new CompletableFuture<>();
    Thread taker = new Thread(() -> isTaken.complete(isLockFree()));
    taker.start();
    if (isTaken.join()) {
      broken = "another command may work at the same time";
    }
  }

  private boolean isLockFree() {
    try {
      UpdateSession.lock(context(dir), Duration.ZERO).close();
      return true;
    } catch (Failure e) {
      return false;
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
    if (!records) {
      return;
    }
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
    return StateFile.at(scratch)
        .read()
        .map(loaded -> WalkDisk.StateView.of(loaded.state()))
        .getOrElse(WalkDisk.StateView.INVALID);
  }

  private static void change(java.util.concurrent.Callable<?> change) {
    try {
      change.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

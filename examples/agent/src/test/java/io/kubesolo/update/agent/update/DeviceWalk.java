package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.BootSimulator;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.GrubBoots;
import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.testkit.MemoryFiles;
import io.kubesolo.update.agent.testkit.MemoryFiles.Content;
import io.kubesolo.update.agent.testkit.StoredFiles;
import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A small device on which the agent's own code runs any command from any state. Each state is
 * recorded that a kill or a power cut during the command would leave.
 */
final class DeviceWalk implements WatchedFileSystem.Watch {
  static final int TRIES = 1;
  static final int MAX_ATTEMPTS = 2;
  static final List<String> VERSIONS = List.of("v1", "v2", "v3");

  static final String BOOT = "boot";

  /** Five boots, of which the first four are cut short, so that the boot loader may fall back. */
  static final String FIVE_BOOTS = "boot, four times cut short";

  /** A command that only does what every command does first. */
  static final String RECONCILE = "reconcile";

  /** A round of an unattended device, followed by what is offered and found. */
  static final String ROUND = "run ";

  static final String SWITCH_BY_HAND = "switch by hand";
  static final String DAMAGE_SLOT = "the passive slot is damaged";
  static final String DAMAGE_STATE = "the state file is damaged";
  static final String DAMAGE_ENV = "the boot environment is damaged";

  /** A command with an image that was downloaded before; a full disk has room for it. */
  static final String DOWNLOADED = ", downloaded";

  /** Actions that the agent does not do. */
  private static final Set<String> OUTSIDE =
      Set.of(BOOT, FIVE_BOOTS, SWITCH_BY_HAND, DAMAGE_SLOT, DAMAGE_STATE, DAMAGE_ENV);

  /** Every phase is overdue if the uptime is less than the uptime in the state file. */
  private static final Duration MOMENT = Duration.ofNanos(2);

  private static final HealthResult SICK = HealthResult.unhealthy("sick");

  private static final Deadlines DEADLINES = new Deadlines(Stream.of(Phase.values())
      .filter(phase -> !phase.isResting())
      .collect(Collectors.toMap(phase -> phase, phase -> Duration.ofNanos(1))));

  /** One command, run as the agent runs it. */
  interface Action {
    void run(UpdateContext context) throws Failure;
  }

  /**
   * The result of a command.
   *
   * @param killed the states that a kill after each change would have left
   * @param cut the states that a power cut at any time may have left
   * @param end the state after the command
   * @param failed whether the command failed
   */
  record Run(List<WalkState> killed, List<WalkState> cut, WalkState end, boolean failed) {}

  /** The failure of the file system. */
  enum Fault {
    NONE(""),
    /** Nothing can be created; what exists can be overwritten in place, renamed and removed. */
    FULL(", disk full"),
    READ_ONLY(", disk read-only"),
    /** The passive slot cannot be written. */
    SLOT(", disk fault in the slot"),
    /** The passive slot cannot be read. */
    READING_SLOT(", disk fault in reading the slot"),
    /** The note of the running slot cannot be read. */
    READING_NOTE(", disk fault in reading the note"),
    /** The state file cannot be read. */
    READING_STATE(", disk fault in reading the state");

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
  private final Path watchedDir;
  private final WalkDisk disk;
  private final WalkServer server = new WalkServer();
  private final WalkFleetLock fleetLock = new WalkFleetLock();
  private final TableEngine engine = new TableEngine();
  private final Map<String, Action> actions = new LinkedHashMap<>();
  private final List<String> rounds;
  private List<String> whileBooted;
  private List<String> whileDown = List.of(BOOT, FIVE_BOOTS, SWITCH_BY_HAND);
  private List<WalkState> killed = new ArrayList<>();
  private List<WalkState> cut = new ArrayList<>();
  private final Set<Long> cutBefore = new HashSet<>();
  private @Nullable WalkState lastKilled;
  private PowerCuts power = new PowerCuts();
  private String untouchable = "";
  private String passive = "";

  /** The earlier name of a file that is being renamed. */
  private String renamed = "";

  private HealthResult health = HealthResult.HEALTHY;
  private Duration uptime = Duration.ZERO;
  private Function<Device, BootSimulator> bootLoader =
      device -> new BootSimulator(device, Duration.ZERO, line -> {});
  private boolean hasFleetLock;
  private boolean rival;
  private boolean isWorking;
  private boolean slotBegun;
  private boolean tried;
  /**
   * Whether the target was ever tried in the present command; a power cut can lose later events.
   */
  private boolean wasTried;
  /** A rule that was broken; thrown at the end, because a store answers what is thrown in it. */
  private String broken = "";

  private Fault fault = Fault.NONE;

  private LastingFault lastingFault = LastingFault.NONE;
  private boolean syncsImages = true;
  private boolean records = true;
  private int changes;
  private int dieAt = Integer.MAX_VALUE;
  private int interjectAt = Integer.MAX_VALUE;

  /** Has its files in memory. */
  DeviceWalk() {
    this(new MemoryFiles(), "/device");
  }

  DeviceWalk(StoredFiles files, String path) {
    dir = new WatchedFileSystem(WatchedFileSystem.Watch.NONE, files.provider())
        .watched(Path.of(path));
    watchedDir = new WatchedFileSystem(this, files.provider()).watched(Path.of(path));
    List.of("", "/slots", "/download").forEach(name -> files.putDirectory(path + name));
    disk = new WalkDisk(files, path, Set.of("device.json", "work.lock", "state.json.lock"));
    configure(Map.of());
    disk.put("work.lock", "");
    disk.put("state.json.lock", " ");
    declareActions();
    rounds =
        actions.keySet().stream().filter(action -> action.startsWith(ROUND)).toList();
    whileBooted =
        actions.keySet().stream().filter(action -> !rounds.contains(action)).toList();
  }

  private void configure(Map<String, ?> more) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("server", "http://server/");
    config.put("health_check", List.of("true"));
    config.put("boot_tries", TRIES);
    config.put("health_tries", 1);
    config.putAll(more);
    disk.put("device.json", JsonObject.write(config));
  }

  /** Returns a device that is down, and runs v1 from one slot, which is marked good; the other is empty. */
  static WalkState start() {
    return new WalkState(
        false,
        new WalkState.Slot(1, true, false),
        WalkState.Slot.EMPTY,
        false,
        false,
        false,
        TRIES,
        true,
        0,
        false,
        true,
        Phase.IDLE,
        0,
        0,
        0,
        false,
        false,
        0);
  }

  private void declareActions() {
    for (String version : VERSIONS) {
      asking("check " + version, version, WalkServer.Fault.NONE, DeviceWalk::check);
      asking("apply " + version, version, WalkServer.Fault.NONE, DeviceWalk::apply);
      asking("apply " + version + ", cut", version, WalkServer.Fault.CUT, DeviceWalk::apply);
      asking(
          "apply " + version + ", damaged image",
          version,
          WalkServer.Fault.DAMAGED,
          DeviceWalk::apply);
      asking(
          "apply " + version + " --force",
          version,
          WalkServer.Fault.NONE,
          work -> new ApplyTask(work, true).run());
    }
    asking("check, server down", "v2", WalkServer.Fault.DOWN, DeviceWalk::check);
    asking("apply, server down", "v2", WalkServer.Fault.DOWN, DeviceWalk::apply);
    working("activate", work -> new ActivateTask(work).run());
    actions.put("healthcheck", context -> healthcheck(context, HealthResult.HEALTHY));
    actions.put("healthcheck, sick", context -> healthcheck(context, SICK));
    actions.put(
        "healthcheck, not started",
        context -> healthcheck(context, HealthResult.undetermined("not started")));
    actions.put("tick, overdue", context -> {
      uptime = MOMENT;
      UpdateSession.run(context, UpdateSession::tick);
    });
    working("rollback", work -> new RollbackTask(work, new Rollback("no")).run());
    working("rollback --retry", work -> new RollbackTask(work, new Rollback("no", true)).run());
    working(RECONCILE, work -> "");
    actions.put("cancel", context -> send(context, new Cancel()));
    actions.put("ack", context -> send(context, new Acknowledge()));
    actions.put(BOOT, context -> boot(context, 1));
    actions.put(FIVE_BOOTS, context -> boot(context, 5));
    actions.put(SWITCH_BY_HAND, DeviceWalk::switchByHand);
    actions.put(DAMAGE_SLOT, context -> disk.damage("slots/" + passive + ".img"));
    actions.put(DAMAGE_STATE, context -> disk.damage(WalkDisk.STATE));
    actions.put(DAMAGE_ENV, context -> disk.damage(WalkDisk.GRUBENV));
    for (String offer : VERSIONS) {
      for (WalkFleetLock.Mode mode : WalkFleetLock.Mode.values()) {
        actions.put(
            round(offer, true, mode), context -> round(context, offer, HealthResult.HEALTHY, mode));
        actions.put(round(offer, false, mode), context -> round(context, offer, SICK, mode));
      }
      onFaultyDisk("apply " + offer, Fault.FULL);
      onFaultyDisk("apply " + offer, Fault.SLOT);
      actions.put("apply " + offer + DOWNLOADED + Fault.FULL.suffix, context -> {
        disk.putDownload(offer);
        Objects.requireNonNull(actions.get("apply " + offer + Fault.FULL.suffix))
            .run(context);
      });
    }
    for (String action : List.of("activate", "healthcheck", "healthcheck, sick", "rollback")) {
      onFaultyDisk(action, Fault.FULL);
    }
    onFaultyDisk("healthcheck", Fault.READ_ONLY);
    onFaultyDisk("healthcheck", Fault.READING_STATE);
    onFaultyDisk("activate", Fault.READING_SLOT);
    for (String action : List.of("activate", "healthcheck", "healthcheck, sick")) {
      onFaultyDisk(action, Fault.READING_NOTE);
    }
  }

  private void onFaultyDisk(String action, Fault wrong) {
    actions.put(action + wrong.suffix, context -> {
      fault = wrong;
      Objects.requireNonNull(actions.get(action)).run(context);
    });
  }

  /** Has no operator: there are the commands that rounds are made of, and boots. */
  DeviceWalk unattended() {
    return only(action -> isOfRounds(action) || action.equals(BOOT));
  }

  /** Has no operator, but damaged files, full and read-only disks, and another slot that is active. */
  DeviceWalk unattendedWithDamage() {
    return only(
        action -> isOfRounds(action.replaceAll(", disk .*", "")) || OUTSIDE.contains(action));
  }

  private DeviceWalk only(Predicate<String> isKept) {
    whileBooted = whileBooted.stream().filter(isKept).toList();
    whileDown = whileDown.stream().filter(isKept).toList();
    return this;
  }

  private static boolean isOfRounds(String action) {
    boolean isOperators = action.startsWith("check")
        || action.startsWith("rollback")
        || action.endsWith(" --force")
        || action.equals("cancel")
        || action.equals("ack");
    return isCommand(action) && !action.contains(", disk ") && !isOperators;
  }

  /** Returns what can happen in a state, by name; without rounds, which are made of commands. */
  List<String> actions(WalkState state) {
    return state.booted() ? whileBooted : whileDown;
  }

  /** Returns the rounds, by name. */
  List<String> rounds() {
    return rounds;
  }

  boolean hasFleetLock() {
    return hasFleetLock;
  }

  /** Returns how many changes a command makes. */
  int changes(WalkState from, String action) {
    run(from, action);
    return changes;
  }

  /** Returns whether one command of the agent is all that an action is. */
  static boolean isCommand(String action) {
    return !OUTSIDE.contains(action) && !action.startsWith(ROUND);
  }

  /**
   * Returns whether an action begins as every command does that works on a disk without faults. A fault in
   * the slot comes later.
   */
  static boolean reconciles(String action) {
    return isCommand(action)
        && (!action.contains(", disk ") || action.endsWith(Fault.SLOT.suffix))
        && !action.equals("cancel")
        && !action.equals("ack");
  }

  /** Has a rival that tries to take the work lock after each change of a command of the agent. */
  DeviceWalk withRival() {
    rival = true;
    return this;
  }

  /** Has a fleet lock to take before it reboots into an update. */
  DeviceWalk withFleetLock() {
    hasFleetLock = true;
    Map<String, String> lock = Map.of("url", "http://lock/", "id", "device");
    configure(Map.of("activation", Map.of("fleet_lock", lock)));
    return this;
  }

  /** Has GRUB itself as its boot loader. */
  DeviceWalk bootedBy(GrubBoots grub) {
    bootLoader = grub::simulator;
    return this;
  }

  /** Has a disk that forgets images, however often they are synced. */
  DeviceWalk withoutSyncOfImages() {
    syncsImages = false;
    return this;
  }

  /** Returns the name of the round in which a version is offered while the running one is healthy. */
  static String round(String offer, boolean isHealthy) {
    return round(offer, isHealthy, WalkFleetLock.Mode.GRANTS);
  }

  static String round(String offer, boolean isHealthy, WalkFleetLock.Mode mode) {
    return ROUND + offer + (isHealthy ? ", healthy" : ", sick") + mode.suffix();
  }

  /** Runs one round of an unattended device, and the reboot that it needs. */
  private void round(
      UpdateContext context, String offer, HealthResult found, WalkFleetLock.Mode mode)
      throws Failure {
    server.offers(offer, WalkServer.Fault.NONE);
    fleetLock.answers(mode);
    health = found;
    boolean wasActivated = state().phase() == Phase.ACTIVATED;
    boolean reboots = new RunTask(context, (step, failure) -> {}).run();
    WalkState before = state();
    boolean intoTarget = before.phase() == Phase.ACTIVATED && before.secondActive();
    if (hasFleetLock
        && !fleetLock.isHeld()
        && ((intoTarget && reboots)
            || (before.phase() == Phase.ACTIVATED && !wasActivated && !before.isOnTarget()))) {
      broken = "an update is activated without the fleet lock";
    }
    if (reboots) {
      boot(context, 1);
    }
  }

  /** What happens at a reboot. */
  enum Reboot {
    TAKES_SLOT,
    /** The first four boots are cut short. */
    CUT_SHORT,
    /** The kernel of the other slot panics, however often it boots. */
    COMES_BACK,
    /** The boot loader does not use its environment. */
    CHANGES_NOTHING
  }

  /**
   * A fault that stays.
   *
   * @param name what is wrong
   * @param unread which files the agent cannot read
   * @param unchanged which files it can neither create nor change nor remove
   */
  record LastingFault(String name, Predicate<String> unread, Predicate<String> unchanged) {
    static final LastingFault NONE = new LastingFault("no fault", any -> false, any -> false);

    boolean concerns(String file) {
      return unread.test(file) || unchanged.test(file);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * Runs one round on the files as the last one left them, with a fault that the boot loader does not
   * have, and the reboot that it needs. Returns whether it needed one.
   */
  boolean goOn(String offer, Predicate<WalkState> isHealthy, LastingFault wrong, Reboot reboot)
      throws Failure {
    WalkState before = state();
    prepare(before);
    records = false;
    server.offers(offer, WalkServer.Fault.NONE);
    health = isHealthy.test(before) ? HealthResult.HEALTHY : SICK;
    lastingFault = wrong;
    boolean reboots;
    try {
      reboots = new RunTask(context(watchedDir), (step, failure) -> {}).run();
    } finally {
      lastingFault = LastingFault.NONE;
    }
    if (!broken.isEmpty()) {
      throw new AssertionError(broken);
    }
    if (reboots) {
      switch (reboot) {
        case TAKES_SLOT -> boot(context(watchedDir), 1);
        case CUT_SHORT -> boot(context(watchedDir), 5);
        case COMES_BACK -> {
          String slot = disk.runningSlot();
          do {
            boot(context(watchedDir), 1);
          } while (!disk.runningSlot().equals(slot));
        }
        case CHANGES_NOTHING -> disk.bootAgain();
      }
    }
    return reboots;
  }

  /** Makes the other slot the active one and marks it good, as an operator does. */
  private static void switchByHand(UpdateContext context) throws Failure {
    BootEnvironmentFile file = Device.open(context.dir()).bootEnvironment();
    BootEnvironment env = file.read();
    file.write(BootEnvironment.of(env.active().other(), TRIES));
  }

  private void asking(
      String name,
      String version,
      WalkServer.Fault wrong,
      UpdateSession.Task<UpdateSession, ?> task) {
    actions.put(name, context -> {
      server.offers(version, wrong);
      UpdateSession.run(context, task);
    });
  }

  private void working(String name, UpdateSession.Task<UpdateSession, ?> task) {
    actions.put(name, context -> UpdateSession.run(context, task));
  }

  private static Object check(UpdateSession work) throws Failure {
    return new CheckTask(work).run();
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
        context.state().withBoot(context.settings().boot()),
        context.settings(),
        context.engine()))) {
      Failure.orThrow(lifecycle.send(event));
    }
  }

  /** Boots a number of times. All boots but the last one end before the agent starts. */
  private void boot(UpdateContext context, int times) throws Failure {
    requireAlive();
    untouchable = "";
    for (int i = 0; i < times; i++) {
      WalkState before = state();
      boolean starts = before.started().contains(before.to());
      tried = before.phase() == Phase.ACTIVATED && (before.tried() || starts);
      wasTried |= tried;
      UpdateSession.runLocked(context, device -> bootLoader.apply(device).boot());
    }
  }

  private UpdateContext context(Path device) {
    return new UpdateContext(
        device,
        StateFile.at(device.resolve("state.json")),
        LifecycleSettings.DEFAULT
            .withMaxAttempts(MAX_ATTEMPTS)
            .withClock(() -> Instant.EPOCH)
            .withDeadlines(DEADLINES)
            .withBoot(() -> Device.boot(device, uptime)),
        engine,
        config -> server,
        (where, slot, version) -> health,
        (config, lock) -> fleetLock,
        command -> {},
        () -> uptime,
        DownloadProgress.NONE,
        line -> {},
        line -> {});
  }

  /** Runs a command in a state. */
  Run run(WalkState from, String action) {
    disk.write(from);
    return run(from, action, true);
  }

  /** Runs a command in a state, and returns the state after it. */
  WalkState end(WalkState from, String action) {
    disk.write(from);
    return run(from, action, false).end();
  }

  /**
   * Runs a command on the files as the last one left them, which mean a state; so they hold a history,
   * and other things that no state says.
   */
  Run goOn(WalkState from, String action) {
    return run(from, action, true);
  }

  private Run run(WalkState from, String action, boolean recording) {
    prepare(from);
    records = recording;
    boolean failed = execute(action);
    return new Run(killed, cut, state(), failed);
  }

  /** Makes the files of a state, and returns the state that is read from them. */
  WalkState rewritten(WalkState state) {
    disk.write(state);
    tried = state.tried();
    fleetLock.setHeld((state.lock() & WalkState.Lock.HELD) != 0);
    return state();
  }

  /** Runs a command in a state, and kills it after a change; returns what is really there then. */
  WalkState kill(WalkState from, String action, int afterChange) {
    disk.write(from);
    WalkState killed = goOnAndKill(from, action, afterChange);
    if (changes < afterChange) {
      throw new AssertionError(action + " ended before its change " + afterChange);
    }
    return killed;
  }

  /** Does the same on the files as the last command left them, unless the command ends before. */
  WalkState goOnAndKill(WalkState from, String action, int afterChange) {
    prepare(from);
    dieAt = afterChange;
    try {
      execute(action);
    } catch (Killed e) {
      // An agent that answers instead, because its store threw, changes nothing either.
    } finally {
      dieAt = Integer.MAX_VALUE;
    }
    return state();
  }

  /** Returns what a power cut leaves of a state while no command runs. */
  WalkState down(WalkState state) {
    disk.write(state);
    prepare(state);
    return withGhosts(disk.readDown());
  }

  /**
   * Runs a command in a state, and while it runs an operator's command that takes no work lock.
   *
   * @return the state after both; none if there is no such command at that time
   */
  Option<WalkState> interject(WalkState from, String action, int afterChange) {
    disk.write(from);
    prepare(from);
    interjectAt = afterChange;
    execute(action);
    boolean said = interjectAt < 0;
    interjectAt = Integer.MAX_VALUE;
    return Option.when(said, this::state);
  }

  private void prepare(WalkState from) {
    String running = disk.runningSlot();
    untouchable = from.booted() ? "slots/" + running + ".img" : "";
    passive = running.equals("a") ? "b" : "a";
    uptime = Duration.ZERO;
    slotBegun = false;
    tried = from.tried();
    wasTried = tried;
    fleetLock.setHeld((from.lock() & WalkState.Lock.HELD) != 0);
    broken = "";
    killed = new ArrayList<>();
    cut = new ArrayList<>();
    cutBefore.clear();
    lastKilled = null;
    power = new PowerCuts();
    for (String name : WalkDisk.FILES) {
      Content content = disk.content(name);
      if (content != null) {
        power.add(name, content);
      }
    }
    changes = 0;
    fault = Fault.NONE;
    records = true;
  }

  /** Runs a command, and returns whether it failed. */
  private boolean execute(String action) {
    boolean failed = false;
    try {
      isWorking = rival && isCommand(action) && !action.equals("cancel") && !action.equals("ack");
      Objects.requireNonNull(actions.get(action)).run(context(watchedDir));
    } catch (Failure e) {
      failed = true;
    }
    if (!broken.isEmpty()) {
      throw new AssertionError(broken);
    }
    return failed;
  }

  /** Returns the state of the files as they are now. */
  WalkState state() {
    return withGhosts(disk.read());
  }

  /** Adds what no file holds. */
  private WalkState withGhosts(WalkState read) {
    boolean isTried = read.phase() == Phase.ACTIVATED && (tried || read.isOnTarget());
    WalkState state = isTried ? read.withTried(true) : read;
    return fleetLock.isHeld() ? state.withLock(state.lock() | WalkState.Lock.HELD) : state;
  }

  private String name(Path path) {
    String text = path.toString();
    int start = dir.toString().length() + 1;
    return text.length() > start ? text.substring(start) : "";
  }

  @Override
  public void before(Path changed) throws IOException {
    requireAlive();
    String name = name(changed);
    if (lastingFault.unchanged().test(name)) {
      throw new FileSystemException(name, null, "Input/output error");
    }
    if (fault == Fault.READ_ONLY) {
      throw new FileSystemException(name, null, "Read-only file system");
    }
    if (fault == Fault.FULL && disk.content(name) == null) {
      throw new FileSystemException(name, null, "No space left on device");
    }
    if (fault == Fault.SLOT && name.equals("slots/" + passive + ".img")) {
      throw new FileSystemException(name, null, "Input/output error");
    }
    if (!untouchable.isEmpty() && name.equals(untouchable)) {
      broken = "the running slot is written to";
    }
    if (interjectAt < 0 && !slotBegun && name.endsWith(".img")) {
      broken = "a slot is written although its version was given up";
    }
    slotBegun |= name.endsWith(".img");
  }

  @Override
  public void reading(Path read) throws IOException {
    String name = name(read);
    boolean isFaulty = switch (fault) {
      case READING_SLOT -> name.equals("slots/" + passive + ".img");
      case READING_NOTE -> name.equals("slots/" + (passive.equals("a") ? "b" : "a") + ".json");
      case READING_STATE -> name.equals(WalkDisk.STATE);
      case NONE, FULL, READ_ONLY, SLOT -> false;
    };
    if (isFaulty || lastingFault.unread().test(name)) {
      throw new FileSystemException(name, null, "Input/output error");
    }
  }

  @Override
  public void after(Path changed) {
    String name = name(changed);
    String before = renamed;
    renamed = "";
    disk.changed(before);
    Content content = disk.content(name);
    if (content == null) {
      power.removed(name);
    } else {
      power.written(name, content);
    }
    boolean isRead = WalkDisk.index(name) >= 0 || WalkDisk.index(before) >= 0;
    if (isRead || name.startsWith(WalkDisk.DOWNLOAD)) {
      disk.changed(name);
      if (name.equals(WalkDisk.STATE)) {
        tried = state().tried();
        wasTried |= tried;
      }
      if (records) {
        recordKill();
        recordPowerCuts();
      }
      changed(name);
    }
  }

  private void recordKill() {
    WalkState state = state();
    if (!state.equals(lastKilled)) {
      killed.add(state);
      lastKilled = state;
    }
  }

  private void recordPowerCuts() {
    for (@Nullable Content[] left : power.outcomes()) {
      WalkState state = withGhosts(WalkDisk.readDown(left));
      if (state.phase() == Phase.ACTIVATED && wasTried) {
        state = state.withTried(true);
      }
      if (cutBefore.add(state.key())) {
        cut.add(state);
      }
    }
  }

  /**
   * Throws if the process was killed. A store converts what is thrown in it to an answer, so the
   * code of a killed process may continue.
   */
  private void requireAlive() {
    if (changes == dieAt) {
      throw new Killed();
    }
  }

  private void changed(String name) {
    changes++;
    requireAlive();
    if (changes == interjectAt && !name.startsWith(WalkDisk.STATE)) {
      interject();
    }
    if (isWorking) {
      requireLocked();
    }
  }

  /** Checks that the lock is held, on another thread: a thread is not excluded by its own lock. */
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

  /** Sends an event of the operator, if the phase is one that the operator's commands end. */
  private void interject() {
    Phase phase = state().phase();
    boolean outcome = phase.isResting() && phase != Phase.IDLE;
    boolean cancellable =
        Set.of(Phase.CHECKING, Phase.DOWNLOADING, Phase.STAGED).contains(phase);
    if (outcome || cancellable) {
      interjectAt = -1;
      try {
        send(context(dir), outcome ? new Acknowledge() : new Cancel());
      } catch (Failure e) {
        throw new AssertionError(e.message(), e);
      }
      WalkDisk.FILES.forEach(disk::changed);
    }
  }

  @Override
  public void renaming(Path from, Path to) {
    power.renamed(name(from), name(to));
    renamed = name(from);
  }

  @Override
  public void synced(Path path) {
    String name = name(path.normalize());
    if (name.isEmpty() || disk.content(name) == null) {
      power.namesSynced(name.isEmpty() ? "" : name + "/");
    } else if (syncsImages || !name.endsWith(".img")) {
      power.contentSynced(name);
    }
    boolean isRead = WalkDisk.index(name) >= 0;
    if (records && (isRead || disk.content(name) == null)) {
      recordPowerCuts();
    }
  }
}

package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.RunningSystem;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SwitchNote;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.download.ImageDownload;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.ReconcileResult;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.ProcessLock;
import io.kubesolo.update.persist.StateFile;
import io.kubesolo.update.persist.StateFile.Repair;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The work of one command on a device. While it lasts, the work lock is held, so that no other
 * process changes slots, boot environment or download. At its start the state is reconciled with
 * the running slot and with what the boot loader did, and the boot environment with the state.
 *
 * <p>Events are sent for the revision of the state that this session knows: an event of another
 * command, such as cancel, ends the work.
 */
public final class UpdateSession implements AutoCloseable {
  private final UpdateContext context;
  private final Device device;
  private final TransitionRecorder store;
  private final UpdateLifecycle lifecycle;
  private final RunningSystem running;
  private final String version;
  private final List<String> steps = new ArrayList<>();

  private UpdateSession(
      UpdateContext context,
      Device device,
      TransitionRecorder store,
      UpdateLifecycle lifecycle,
      RunningSystem running,
      String version) {
    this.context = context;
    this.device = device;
    this.store = store;
    this.lifecycle = lifecycle;
    this.running = running;
    this.version = version;
  }

  /** A piece of work on a device or in a session. */
  @FunctionalInterface
  public interface Task<S, T> {
    /** Does the work, and returns its result. */
    T run(S subject) throws Failure;
  }

  /** Runs a task in a session of its own, or throws if another process works on the device. */
  public static <T> T run(UpdateContext context, Task<UpdateSession, T> task) throws Failure {
    return runLocked(context, device -> run(context, device, task));
  }

  /** Runs a task in a session of its own while the work lock is held. */
  static <T> T run(UpdateContext context, Device device, Task<UpdateSession, T> task)
      throws Failure {
    try (UpdateSession session = open(context, device, settled(context, device))) {
      return task.run(session);
    }
  }

  /**
   * Sends the events for what happened while no agent ran, and changes the boot
   * environment accordingly.
   *
   * @param version the version that runs
   * @param rebooted whether the device booted since the last event; none to compare the boots
   * @return a line for each event that was sent
   */
  public static List<String> reconcile(
      UpdateContext context, String version, Optional<Rebooted> rebooted) throws Failure {
    return runLocked(context, device -> {
      RunningSystem running = settled(context, device);
      try (UpdateSession session =
          open(context, device, running, state -> agreed(version, running, device, state))) {
        session.settle(rebooted.orElseGet(session::rebooted));
        return session.steps;
      }
    });
  }

  /** Returns the named version, or throws if another one is known to run. */
  private static Optional<String> agreed(
      String version, RunningSystem running, Device device, UpdateState state) throws Failure {
    Optional<String> known = running.version(device.slots(), state);
    if (known.isPresent() && !known.get().equals(version)) {
      throw Failure.of("%s does not run: slot %s holds %s, and runs"
          .formatted(version, running.slot(), known.get()));
    }
    return Optional.of(version);
  }

  /** A piece of work on a device without the work lock. */
  @FunctionalInterface
  interface UnlockedTask<T> {
    /** Does what needs no lock, and returns its result, or throws why the lock is not held. */
    T run(Device device, Failure cause) throws Failure;
  }

  /** Runs a task on a device while this process holds the work lock. */
  public static <T> T runLocked(UpdateContext context, Task<Device, T> task) throws Failure {
    return runLocked(context, Duration.ZERO, task, (device, cause) -> {
      throw cause;
    });
  }

  /**
   * Runs a task on a device while this process holds the work lock.
   *
   * @param patience how long to wait for another process, which is a failure after that
   * @param withoutLock runs instead if the lock cannot be created, for example on a read-only file
   *     system, where no other process can create it either
   */
  static <T> T runLocked(
      UpdateContext context, Duration patience, Task<Device, T> task, UnlockedTask<T> withoutLock)
      throws Failure {
    Device device = Device.open(context.dir());
    ProcessLock.Held lock;
    try {
      lock = lock(context, patience);
    } catch (Failure cause) {
      if (cause.kind() == Failure.Kind.BUSY) {
        throw cause;
      }
      return withoutLock.run(device, cause);
    }
    try (lock) {
      return task.run(device);
    }
  }

  /** Acquires the work lock. Waits for another process at most as long as given. */
  static ProcessLock.Held lock(UpdateContext context, Duration patience) throws Failure {
    return WorkLock.acquire(Option.some(context.dir()), context.state().path(), patience);
  }

  /**
   * Returns what runs on a device, after making its boot environment durable, or replacing it if
   * it is missing or damaged.
   */
  static RunningSystem settled(UpdateContext context, Device device) throws Failure {
    device.warnings(context.settings().deadlines()).forEach(context.warnings());
    RunningSystem running = device.running();
    device
        .bootEnvironment()
        .settle(running.slot(), device.config().boot().tries(), context.warnings());
    return running;
  }

  /** Opens a session, and reconciles. */
  static UpdateSession open(UpdateContext context, Device device, RunningSystem running)
      throws Failure {
    device.requireStarted(running);
    UpdateSession session =
        open(context, device, running, state -> running.version(device.slots(), state));
    try {
      session.settle(session.rebooted());
      return session;
    } catch (Failure e) {
      session.close();
      throw e;
    }
  }

  private static UpdateSession open(
      UpdateContext context,
      Device device,
      RunningSystem running,
      Task<UpdateState, Optional<String>> versions)
      throws Failure {
    LifecycleSettings settings = settings(context, device, running);
    StateFile file = context.state().withBoot(settings.boot());
    TransitionRecorder store = new TransitionRecorder(file);
    Either<StoreFailure, UpdateLifecycle> opened =
        UpdateLifecycle.open(store, settings, context.engine());
    if (opened.isLeft() && opened.getLeft().repairable() && device.config().repairsInvalidState()) {
      repair(context, file, FailedTargets.of(device, running.slot()), opened.getLeft());
      opened = UpdateLifecycle.open(store, settings, context.engine());
    }
    UpdateLifecycle lifecycle = Failure.orThrow(opened);
    lifecycle.warnings().forEach(context.warnings());
    try {
      Optional<String> proven = versions.run(lifecycle.state());
      Optional<String> version = proven.isPresent() ? proven : running.version(device.slots());
      if (version.isEmpty()) {
        throw running.unknownVersion(device.slots());
      }
      UpdateSession session =
          new UpdateSession(context, device, store, lifecycle, running, version.get());
      if (proven.isEmpty()) {
        session.endUnproven();
      }
      return session;
    } catch (Failure e) {
      lifecycle.close();
      throw e;
    }
  }

  /**
   * Ends an update of which nothing shows whether its target runs: no slot has a valid note, and
   * os-release names another version. The notes are lost for good, so the phase would never end.
   * The target may be installed again.
   */
  private void endUnproven() throws Failure {
    bootSelection().requireRoomFor(runningSlot());
    String words = "%s; it is not known whether %s runs"
        .formatted(device.slots().unknownContent(runningSlot()).message(), target());
    send(new Rollback(words, true));
  }

  /**
   * Repairs an invalid state file.
   *
   * @param failed the targets that are known to have failed, which are not installed again
   */
  private static void repair(
      UpdateContext context, StateFile file, List<String> failed, StoreFailure invalid)
      throws Failure {
    for (Repair repair : Failure.orThrow(file.repair(failed))) {
      context
          .warnings()
          .accept(
              "%s; repaired: the state is idle, %s".formatted(invalid.message(), repair.message()));
    }
  }

  private static LifecycleSettings settings(
      UpdateContext context, Device device, RunningSystem running) {
    LifecycleSettings settings = context.settings();
    return settings
        .withBoot(() -> running.boot(context.hostUptime().get()))
        .withDeadlines(device.config().extend(settings.deadlines()));
  }

  /** Reconciles the state with the running slot, then the boot environment with the state. */
  private void settle(Rebooted rebooted) throws Failure {
    SmallFile.syncDirectory(device.dir());
    device.slots().sync();
    reconcile(rebooted);
    stageRunningTarget(rebooted);
    if (phase() != Phase.DOWNLOADING && phase() != Phase.FAILED) {
      discardDownload();
    }
    bootSelection().restore();
  }

  private void reconcile(Rebooted rebooted) throws Failure {
    if (phase() == Phase.ACTIVATED && !isTarget(version)) {
      bootSelection().readTrial(rebooted);
      return;
    }
    ReconcileResult result = lifecycle.reconcile(version, rebooted);
    result.applied().forEach(transition -> reportStep(Messages.step(transition)));
    if (result.refusal().isDefined()) {
      throw Failure.of(result.refusal().get());
    }
  }

  /**
   * Stages the target if it runs: a process may be killed after it has written the passive slot and
   * before it sends the event, and the boot loader may then switch to that slot.
   */
  private void stageRunningTarget(Rebooted rebooted) throws Failure {
    if (phase() == Phase.DOWNLOADING && isTarget(version)) {
      send(new Stage());
      reconcile(rebooted);
    }
  }

  BootSelection bootSelection() {
    return new BootSelection(this);
  }

  /**
   * Returns whether the device booted since the last event, or since the boot environment was
   * changed for it in a later boot.
   */
  Rebooted rebooted() {
    Option<Boot> switched = phase() == Phase.ACTIVATED ? switched() : Option.none();
    return Rebooted.between(switched.orElse(state()::boot), now());
  }

  /**
   * Returns when the boot environment was changed for the last event, if that was in a later boot.
   * A note that cannot be read may be of this boot; it is replaced by one of now, so that one more
   * boot is awaited, and not one after the other. None if it cannot be replaced either.
   */
  private Option<Boot> switched() {
    try {
      return new SwitchNote(device.dir()).moment(state().revision(), state().boot());
    } catch (Failure e) {
      warn(e);
      return noteSwitch();
    }
  }

  private Option<Boot> now() {
    return running.boot(context.hostUptime().get());
  }

  /**
   * Notes that the boot environment is changed now for the last event, and returns when that is. A
   * failure is a warning, and none.
   */
  Option<Boot> noteSwitch() {
    try {
      Option<Boot> now = now();
      for (Boot moment : now) {
        new SwitchNote(device.dir()).write(state().revision(), state().boot(), moment);
      }
      return now;
    } catch (Failure e) {
      warn(e);
      return Option.none();
    }
  }

  /** Sends an event, and throws if it is rejected. */
  void send(UpdateEvent event) throws Failure {
    Failure.orThrow(trySend(event));
  }

  /** Sends an event for the known revision, and reports it if it is accepted. */
  Either<Rejection, UpdateState> trySend(UpdateEvent event) {
    return lifecycle
        .send(event, state().revision())
        .peek(after -> reportStep(store.line(event, after)));
  }

  private void reportStep(String step) {
    steps.add(step);
    report(step);
  }

  /** Returns how many attempts at one version are allowed; 0 is no limit. */
  long maxAttempts() {
    return context.settings().maxAttempts();
  }

  /**
   * Ends the attempt because of a failure, and returns the failure to throw. No event is sent if
   * another command has ended the attempt already, or if the state file has the failure. After
   * checking, an attempt ends only if the offer or the content of the slot is faulty. A failure of
   * the network, the server or the device is not one of the version, and the work can continue when
   * it is over.
   */
  Failure fail(Failure cause) {
    boolean ended = switch (cause.kind()) {
      case REJECTED, UNREADABLE, NOT_PERSISTED, BUSY, OVERDUE -> true;
      case PASSING, UNHEALTHY, USAGE, OTHER -> phase() != Phase.CHECKING;
      case OFFER, CONTENT -> false;
    };
    if (ended) {
      return cause;
    }
    try {
      send(new Fail(cause.message()));
      return cause;
    } catch (Failure next) {
      return cause.and(next);
    }
  }

  /**
   * Throws if another process has changed the state since this one last read or wrote it, or if the
   * phase is overdue, which is then ended.
   */
  void checkDownloadWanted() throws Failure {
    UpdateState stored = Failure.orThrow(store.read()).state();
    if (stored.revision() != state().revision() || stored.phase() != phase()) {
      throw Failure.of(
          Failure.Kind.REJECTED,
          "%s: another command ended the attempt; the phase is now %s"
              .formatted(target(), inWords(stored)));
    }
    Option<UpdateEvent> ending = lifecycle.overdue().map(overdue -> overdue.event());
    if (ending.isDefined()) {
      send(ending.get());
      throw Failure.of(Failure.Kind.OVERDUE, state().lastError().getOrElse("timed out"));
    }
  }

  private static String inWords(UpdateState state) {
    boolean working = !state.phase().isResting() && state.phase() != Phase.CHECKING;
    return working
        ? state.phase() + " " + state.toVersion().getOrElse("")
        : state.phase().toString();
  }

  /** Fetches what the server offers. */
  Manifest fetchManifest() throws Failure {
    boolean isAttempt = phase() == Phase.CHECKING || phase() == Phase.DOWNLOADING;
    return server().manifest(device.publicKey(), device.verifiedManifest(), () -> {
      if (isAttempt) {
        checkDownloadWanted();
      }
    });
  }

  /** Fetches what the server offers; if that fails, so does the attempt. */
  Manifest fetchManifestOrFail() throws Failure {
    try {
      return fetchManifest();
    } catch (Failure e) {
      throw fail(e);
    }
  }

  UpdateServer server() throws Failure {
    return context.servers().of(device.config());
  }

  /** Removes all downloads. A failure is a warning and stops nothing. */
  void discardDownload() {
    try {
      ImageDownload.discard(device);
    } catch (Failure e) {
      warn(e);
    }
  }

  /** Reports a line to the user. */
  void report(String line) {
    context.messages().accept(line);
  }

  void warn(Failure failure) {
    context.warnings().accept(failure.message());
  }

  DownloadProgress progress() {
    return context.progress();
  }

  Device device() {
    return device;
  }

  UpdateLifecycle lifecycle() {
    return lifecycle;
  }

  /** Ends the phase if it is overdue, and returns a line about it. */
  Optional<String> tick() throws Failure {
    return Tick.run(lifecycle, store).toJavaOptional();
  }

  UpdateState state() {
    return lifecycle.state();
  }

  Phase phase() {
    return state().phase();
  }

  /** Returns the target, for the operator. */
  String target() {
    return state().toVersion().getOrElse("an unknown version");
  }

  /** Returns whether the target of the present attempt is this version. */
  boolean isTarget(String candidate) {
    return state().toVersion().contains(candidate);
  }

  /** Returns whether the target is staged, and offered with another image than the staged one. */
  boolean isStagedReplacedBy(Manifest offer) {
    return phase() == Phase.STAGED
        && isTarget(offer.version())
        && device
            .slots()
            .knownContent(passiveSlot())
            .filter(staged -> isTarget(staged.version()) && !staged.equals(offer.content()))
            .isPresent();
  }

  /** Returns the version that runs. */
  String version() {
    return version;
  }

  Slot runningSlot() {
    return running.slot();
  }

  Slot passiveSlot() {
    return running.slot().other();
  }

  @Override
  public void close() {
    lifecycle.close();
  }
}

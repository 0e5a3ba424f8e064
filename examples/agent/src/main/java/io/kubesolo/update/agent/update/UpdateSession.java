package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.HealthCheck;
import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.device.RunningSystem;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.download.ImageDownload;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.ReconcileResult;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.ProcessLock;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.Optional;

/**
 * The work of one command on a device. While it lasts, the work lock is held, so that no other
 * process changes slots, boot environment or download. At its start the state is reconciled with the
 * running slot, and the boot environment with the state.
 */
public final class UpdateSession {
  private final UpdateContext context;
  private final Device device;
  private final StateStore store;
  private final UpdateLifecycle lifecycle;
  private final RunningSystem running;
  private final String version;

  private UpdateSession(
      UpdateContext context,
      Device device,
      StateStore store,
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
    return run(context, Duration.ZERO, task);
  }

  /** Runs a task in a session of its own; waits so long for another process that works. */
  public static <T> T run(UpdateContext context, Duration patience, Task<UpdateSession, T> task)
      throws Failure {
    return runLocked(context, patience, device -> {
      device.warnings(context.settings().deadlines()).forEach(context.warnings());
      RunningSystem running = device.running();
      device
          .bootEnvironment()
          .settle(running.slot(), device.config().boot().tries(), context.warnings());
      String version = running.requireVersion(device.slots());
      StateStore store = StateFile.at(context.state());
      try (UpdateLifecycle lifecycle = Failure.orThrow(
          UpdateLifecycle.open(store, settings(context, device, running), context.engine()))) {
        lifecycle.warnings().forEach(context.warnings());
        UpdateSession session =
            new UpdateSession(context, device, store, lifecycle, running, version);
        session.settle();
        return task.run(session);
      }
    });
  }

  /** Runs a task on a device while this process holds the work lock. */
  public static <T> T runLocked(UpdateContext context, Task<Device, T> task) throws Failure {
    return runLocked(context, Duration.ZERO, task);
  }

  private static <T> T runLocked(UpdateContext context, Duration patience, Task<Device, T> task)
      throws Failure {
    Device device = Device.open(context.dir());
    ProcessLock.Held lock = WorkLock.acquire(Option.some(context.dir()), context.state(), patience);
    try (lock) {
      return task.run(device);
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
  private void settle() throws Failure {
    SmallFile.syncDirectory(device.dir());
    device.slots().sync();
    reconcile();
    stageRunningTarget();
    if (phase() != Phase.DOWNLOADING && phase() != Phase.FAILED) {
      discardDownload();
    }
    bootSelection().align();
  }

  private void reconcile() throws Failure {
    ReconcileResult result = lifecycle.reconcile(version);
    result.applied().forEach(transition -> report(Messages.step(transition)));
    if (result.refusal().isDefined()) {
      throw Failure.of(result.refusal().get());
    }
  }

  /**
   * Stages the target if it runs: a process may die after it has written the passive slot and before
   * it sends the event, and the boot loader may then switch to that slot.
   */
  private void stageRunningTarget() throws Failure {
    if (phase() == Phase.DOWNLOADING && state().toVersion().contains(version)) {
      send(new Stage());
      reconcile();
    }
  }

  BootSelection bootSelection() {
    return new BootSelection(this);
  }

  /** Sends an event, and throws if it is rejected. */
  void send(UpdateEvent event) throws Failure {
    Failure.orThrow(trySend(event));
  }

  /** Sends an event, and reports it if it is accepted. */
  Either<Rejection, UpdateState> trySend(UpdateEvent event) {
    UpdateState before = state();
    return lifecycle.send(event).peek(after -> report(Messages.step(before, event, after)));
  }

  /** Returns how many attempts at one version are allowed; 0 is no limit. */
  long maxAttempts() {
    return context.settings().maxAttempts();
  }

  /**
   * Ends the attempt because of a failure, and returns the failure to throw. No event is sent if
   * another command has ended the attempt already, nor if a download may go on once the failure has
   * passed.
   */
  Failure fail(Failure cause) {
    boolean resumable = cause.kind() == Failure.Kind.PASSING && phase() == Phase.DOWNLOADING;
    if (resumable || cause.kind() == Failure.Kind.REJECTED) {
      return cause;
    }
    try {
      send(new Fail(cause.message()));
      return cause;
    } catch (Failure next) {
      return cause.and(next);
    }
  }

  /** Throws if another process has ended the download that this process works on. */
  void checkDownloadWanted() throws Failure {
    Phase stored = Failure.orThrow(store.read()).state().phase();
    if (stored != Phase.DOWNLOADING) {
      throw Failure.of(
          Failure.Kind.REJECTED, "given up meanwhile by another command: now " + stored);
    }
  }

  /** Fetches what the server offers. */
  Manifest fetchManifest() throws Failure {
    return server().manifest(device.publicKey());
  }

  /** Fetches what the server offers; if that fails, so does the attempt. */
  Manifest fetchManifestOrFail() throws Failure {
    try {
      return fetchManifest();
    } catch (Failure e) {
      throw fail(e);
    }
  }

  UpdateServer server() {
    return context.servers().apply(device.config());
  }

  /** Runs the health check, as often as the configuration says, and returns what it found. */
  HealthResult checkHealth() {
    return new HealthCheck(context.probe(), pause -> Thread.sleep(pause.toMillis()))
        .run(device, running.slot(), Optional.of(version), this::report);
  }

  /** Notes what the health check found about the running slot. A failure is a warning. */
  void noteCheck(CheckResult result) {
    try {
      device.slots().noteCheck(running.slot(), result);
    } catch (Failure e) {
      warn(e);
    }
  }

  /** Removes all downloads. A failure is a warning and stops nothing. */
  void discardDownload() {
    try {
      ImageDownload.discard(device);
    } catch (Failure e) {
      warn(e);
    }
  }

  /** Reports a line to the person who watches. */
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

  UpdateState state() {
    return lifecycle.state();
  }

  Phase phase() {
    return state().phase();
  }

  /** Returns the target, for a person. */
  String target() {
    return state().toVersion().getOrElse("an unknown version");
  }

  /** Returns whether the target of the present attempt is this version. */
  boolean isTarget(String candidate) {
    return state().toVersion().contains(candidate);
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
}

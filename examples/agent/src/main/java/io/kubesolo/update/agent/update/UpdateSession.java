package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootRecord;
import io.kubesolo.update.agent.device.Device;
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
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.function.Function;

/**
 * A device at work. The work lock is held, so that nobody else touches slots, boot environment or
 * download; the state file has been told what the world did meanwhile; and the boot environment
 * says what the phase calls for.
 */
public final class UpdateSession {
  private final UpdateContext bench;
  private final Device device;
  private final StateStore store;
  private final UpdateLifecycle lifecycle;
  private final BootRecord running;
  private final String version;

  private UpdateSession(
      UpdateContext bench,
      Device device,
      StateStore store,
      UpdateLifecycle lifecycle,
      BootRecord running,
      String version) {
    this.bench = bench;
    this.device = device;
    this.store = store;
    this.lifecycle = lifecycle;
    this.running = running;
    this.version = version;
  }

  /** Does a job once all that is so. */
  public static <T> Either<Failure, T> on(
      UpdateContext bench, Function<UpdateSession, Either<Failure, T>> job) {
    return locked(
        bench,
        device -> opened(bench, device, work -> work.settle().flatMap(settled -> job.apply(work))));
  }

  /** Does a job while nobody else works on the device. */
  public static <T> Either<Failure, T> locked(
      UpdateContext bench, Function<Device, Either<Failure, T>> job) {
    return Device.open(bench.dir())
        .flatMap(device -> WorkLock.acquire(bench.state()).mapLeft(Failure::of).flatMap(held -> {
          try (held) {
            return job.apply(device);
          }
        }));
  }

  private static <T> Either<Failure, T> opened(
      UpdateContext bench, Device device, Function<UpdateSession, Either<Failure, T>> job) {
    StateStore store = StateFile.at(bench.state());
    return BootRecord.read(device.running())
        .flatMap(running -> device
            .slots()
            .content(running.slot())
            .flatMap(content -> UpdateLifecycle.open(
                    store, settings(bench, running), bench.engine())
                .mapLeft(Failure::of)
                .flatMap(lifecycle -> {
                  try (lifecycle) {
                    lifecycle.warnings().forEach(bench.warned());
                    return job.apply(new UpdateSession(
                        bench, device, store, lifecycle, running, content.version()));
                  }
                })));
  }

  private static LifecycleSettings settings(UpdateContext bench, BootRecord running) {
    return bench
        .settings()
        .withBoot(() -> Option.some(running.at(bench.hostUptime().get())));
  }

  /** Brings the file, then the boot environment, up to what the world did meanwhile. */
  private Either<Failure, BootEnvironment> settle() {
    return SmallFile.settle(device.dir())
        .flatMap(done -> device.slots().settle())
        .flatMap(done -> reconcile())
        .flatMap(done -> stageWhatRuns())
        .flatMap(done -> {
          if (phase() != Phase.DOWNLOADING && phase() != Phase.FAILED) {
            discardDownload();
          }
          return nextBoot().align();
        });
  }

  private Either<Failure, UpdateState> reconcile() {
    ReconcileResult reconciled = lifecycle.reconcile(version);
    reconciled.applied().forEach(transition -> say(Messages.step(transition)));
    Option<Rejection> refusal = reconciled.refusal();
    return refusal.isEmpty() ? Either.right(state()) : Either.left(Failure.of(refusal.get()));
  }

  /**
   * A process may die after it has written the passive slot and before it says so, and the boot
   * loader may then fall over to that slot.
   */
  private Either<Failure, UpdateState> stageWhatRuns() {
    return phase() == Phase.DOWNLOADING && state().toVersion().contains(version)
        ? send(new Stage()).flatMap(staged -> reconcile())
        : Either.right(state());
  }

  BootSelection nextBoot() {
    return new BootSelection(this);
  }

  /** Sends an event, any refusal of which is trouble. */
  Either<Failure, UpdateState> send(UpdateEvent event) {
    return answer(event).mapLeft(Failure::of);
  }

  /** Sends an event, and says so where it is accepted. */
  Either<Rejection, UpdateState> answer(UpdateEvent event) {
    UpdateState before = state();
    return lifecycle.send(event).peek(after -> say(Messages.step(before, event, after)));
  }

  /** How many attempts at one version are allowed; 0 is no limit. */
  long maxAttempts() {
    return bench.settings().maxAttempts();
  }

  /**
   * Gives the attempt up because of trouble, which is also the answer; unless the trouble is that
   * another command was quicker to give it up.
   */
  <T> Either<Failure, T> fail(Failure trouble) {
    if (trouble.kind() == Failure.Kind.REJECTED) {
      return Either.left(trouble);
    }
    Either<Failure, UpdateState> answer = send(new Fail(trouble.message()));
    return Either.left(answer.isRight() ? trouble : trouble.and(answer.getLeft()));
  }

  /** Whether the download that this process works on is still wanted by the state file. */
  Option<Failure> givenUpMeanwhile() {
    return store
        .read()
        .fold(
            failure -> Option.some(Failure.of(failure)),
            loaded -> Option.when(
                loaded.state().phase() != Phase.DOWNLOADING,
                () -> new Failure(
                    Failure.Kind.REJECTED,
                    "given up meanwhile by another command: now "
                        + loaded.state().phase())));
  }

  /** Asks the server what it offers. */
  Either<Failure, Manifest> ask() {
    return server().offer(device.publicKey());
  }

  UpdateServer server() {
    return bench.servers().apply(device.config());
  }

  /** Asks the device whether it is healthy. */
  Option<String> healthProblem() {
    return bench.probe().problem(device, running.slot(), version);
  }

  /** Frees what downloads take up. Trouble is told and stops nothing. */
  void discardDownload() {
    ImageDownload.discard(device.download()).peekLeft(this::warn);
  }

  void say(String line) {
    bench.said().accept(line);
  }

  void warn(Failure trouble) {
    bench.warned().accept(trouble.message());
  }

  DownloadProgress progress() {
    return bench.progress();
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

  /** The target, for a person. */
  String target() {
    return state().toVersion().getOrElse("an unknown version");
  }

  /** The version that runs. */
  String version() {
    return version;
  }

  Slot runningSlot() {
    return running.slot();
  }

  Slot passive() {
    return running.slot().other();
  }
}

package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;

/** Takes on what the server offers, up to the staged target. Answers with a line for a person. */
public final class ApplyTask {
  private final UpdateSession work;
  private final boolean force;

  public ApplyTask(UpdateSession work, boolean force) {
    this.work = work;
    this.force = force;
  }

  public Either<Failure, String> run() {
    return switch (work.phase()) {
      case IDLE ->
        work.nextBoot()
            .mayOverwrite()
            .flatMap(may -> work.send(new Check()))
            .flatMap(checking -> work.ask().fold(work::fail, this::decide));
      case DOWNLOADING ->
        work.nextBoot().mayOverwrite().flatMap(may -> work.ask().fold(work::fail, this::resume));
      case STAGED, SUCCESS, ROLLED_BACK, FAILED -> work.ask().flatMap(this::decide);
      case ACTIVATED -> Either.right(work.target() + " is activated; reboot");
      case VERIFYING -> Either.right(work.target() + " is on trial; run healthcheck");
      case CHECKING -> Either.left(Failure.of("another command checks just now; try again"));
    };
  }

  private Either<Failure, String> decide(Manifest offer) {
    if (offer.version().equals(work.version())) {
      return nothingNew();
    }
    if (work.phase() == Phase.STAGED && work.state().toVersion().contains(offer.version())) {
      return Either.right(staged());
    }
    return work.nextBoot().mayOverwrite().flatMap(may -> takeOn(offer));
  }

  private Either<Failure, String> nothingNew() {
    String line = work.version() + " runs, and the server offers no other version";
    return switch (work.phase()) {
      case CHECKING -> work.send(new NoUpdate()).map(idle -> line);
      case STAGED -> work.send(new Cancel()).map(idle -> line + " any more");
      default -> Either.right(line);
    };
  }

  private Either<Failure, String> takeOn(Manifest offer) {
    Either<Rejection, UpdateState> answer =
        work.answer(new Download(offer.version(), work.version(), force));
    if (answer.isRight()) {
      return pull(offer);
    }
    return answer.getLeft() instanceof GuardDenied denied
        ? refuse(offer.version(), denied)
        : Either.left(Failure.of(answer.getLeft()));
  }

  private Either<Failure, String> refuse(String offered, GuardDenied denied) {
    boolean checking = work.phase() == Phase.CHECKING;
    if (denied.guards().contains(Guard.NOT_ROLLED_BACK)) {
      String line = offered + " is not taken on: " + CheckTask.reason(denied);
      return checking ? work.send(new NoUpdate()).map(idle -> line) : Either.right(line);
    }
    Failure usedUp = Failure.of("%s: %d of %d attempts used up"
        .formatted(offered, work.state().attemptCount(), work.maxAttempts()));
    return checking ? work.fail(usedUp) : Either.left(usedUp);
  }

  /** A download that is under way goes on, unless the server has changed its mind. */
  private Either<Failure, String> resume(Manifest offer) {
    return work.state().toVersion().contains(offer.version())
        ? pull(offer)
        : work.send(new Cancel()).flatMap(idle -> {
          work.discardDownload();
          return run();
        });
  }

  private Either<Failure, String> pull(Manifest offer) {
    Either<Failure, SlotContent> written = new ImageInstallation(work, offer).run();
    Either<Failure, UpdateState> staged =
        written.isRight() ? work.send(new Stage()) : work.fail(written.getLeft());
    if (work.phase() != Phase.FAILED) {
      work.discardDownload();
    }
    return staged.map(state -> staged());
  }

  private String staged() {
    return "%s is staged in slot %s; activate boots it next"
        .formatted(work.target(), work.passive());
  }
}

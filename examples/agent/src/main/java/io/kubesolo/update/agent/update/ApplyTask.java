package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.download.ImageDownload;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.List;
import java.util.Optional;

/** Downloads what the server offers, and stages it. */
public final class ApplyTask {
  private final UpdateSession session;
  private final boolean force;

  /** Prepares the work of a session. */
  public ApplyTask(UpdateSession session, boolean force) {
    this.session = session;
    this.force = force;
  }

  /** Does the work, and returns a line for the operator. */
  public String run() throws Failure {
    return switch (session.phase()) {
      case IDLE -> {
        session.bootSelection().requireOverwritablePassive();
        session.send(new Check());
        yield decide(session.fetchManifestOrFail());
      }
      case DOWNLOADING -> resume(session.fetchManifestOrFail());
      case FAILED -> {
        Manifest offer = session.fetchManifest();
        new FailedCheck(session).acknowledgeUnlessUsedUp(offer.version());
        yield decide(offer);
      }
      case STAGED, SUCCESS, ROLLED_BACK -> decide(session.fetchManifest());
      case ACTIVATED -> session.target() + " is activated; reboot" + otherOffer();
      case VERIFYING -> session.target() + " is on trial; run healthcheck";
      case CHECKING -> throw Failure.of("another command is checking now; try again");
    };
  }

  /** Returns what the server offers instead of the activated target, for the operator. */
  private String otherOffer() {
    try {
      String offered = session.fetchManifest().version();
      return session.isTarget(offered)
          ? ""
          : "; but the server offers %s now, and rollback --retry undoes the activation of %s"
              .formatted(offered, session.target());
    } catch (Failure e) {
      session.warn(e);
      return "";
    }
  }

  private String decide(Manifest offer) throws Failure {
    if (offer.version().equals(session.version())) {
      return endWithoutUpdate();
    }
    if (session.phase() == Phase.STAGED && session.isTarget(offer.version())) {
      return session.isStagedReplacedBy(offer) ? stageAgain(offer) : staged();
    }
    try {
      requireNothingLost(offer);
    } catch (Failure e) {
      throw session.phase() == Phase.CHECKING ? session.fail(e) : e;
    }
    return start(offer);
  }

  /**
   * Throws if the passive slot must not be overwritten. One that holds the image already is not.
   */
  private void requireNothingLost(Manifest offer) throws Failure {
    if (!session.device().slots().holds(session.passiveSlot(), offer.content())) {
      session.bootSelection().requireOverwritablePassive();
    }
  }

  private String endWithoutUpdate() throws Failure {
    if (session.phase() == Phase.CHECKING) {
      session.send(new NoUpdate());
    }
    if (session.phase() == Phase.STAGED) {
      session.send(new Cancel());
      return session.version() + " runs, and the server no longer offers another version";
    }
    return session.version() + " runs, and the server offers no other version";
  }

  /** Gives up the staged image, and installs the other one that the version has now, if that is allowed. */
  private String stageAgain(Manifest offer) throws Failure {
    Optional<String> refusal = CheckTask.refusalToStageAgain(session, downloadOf(offer));
    if (refusal.isPresent()) {
      return "%s stays staged in slot %s; the server offers another image of it now, but %s"
          .formatted(session.target(), session.passiveSlot(), refusal.get());
    }
    requireNothingLost(offer);
    session.report("the server offers another image of " + offer.version() + " now");
    session.send(new Cancel());
    return start(offer);
  }

  private String start(Manifest offer) throws Failure {
    Either<Rejection, UpdateState> answer = session.trySend(downloadOf(offer));
    if (answer.isRight()) {
      return downloadAndStage(offer);
    }
    if (answer.getLeft() instanceof GuardDenied denied) {
      return refuse(offer.version(), denied);
    }
    throw Failure.of(answer.getLeft());
  }

  private Download downloadOf(Manifest offer) {
    return new Download(offer.version(), session.version(), force);
  }

  private String refuse(String offered, GuardDenied denied) throws Failure {
    boolean checking = session.phase() == Phase.CHECKING;
    if (denied.guards().contains(Guard.NOT_ROLLED_BACK)) {
      if (checking) {
        session.send(new NoUpdate());
      }
      return offered + " is not installed: " + CheckTask.reason(denied);
    }
    Failure usedUp = usedUp(offered);
    throw checking ? session.fail(usedUp) : usedUp;
  }

  /** Returns the failure of a download that was denied. */
  private Failure refusal(String offered, GuardDenied denied) {
    return denied.guards().equals(List.of(Guard.ATTEMPTS_LEFT))
        ? usedUp(offered)
        : Failure.of(Failure.Kind.OFFER, denied.message());
  }

  private Failure usedUp(String offered) {
    return Failure.of(
        Failure.Kind.OFFER,
        "%1$s: %2$d of %2$d attempts used up".formatted(offered, session.maxAttempts()));
  }

  /** Resumes the download, unless the server now offers another version. */
  private String resume(Manifest offer) throws Failure {
    if (!session.isTarget(offer.version())) {
      session.send(new Cancel());
      session.discardDownload();
      return run();
    }
    requireNothingLost(offer);
    if (session.rebooted() != Rebooted.NO) {
      countAttempt(offer);
    }
    return downloadAndStage(offer);
  }

  /** Sends download again, because the download may be the reason for the reboot. */
  private void countAttempt(Manifest offer) throws Failure {
    Either<Rejection, UpdateState> answer = session.trySend(downloadOf(offer));
    if (answer.isLeft()) {
      throw answer.getLeft() instanceof GuardDenied denied
          ? session.fail(refusal(offer.version(), denied))
          : Failure.of(answer.getLeft());
    }
  }

  private String downloadAndStage(Manifest offer) throws Failure {
    try {
      download(offer);
      session.send(new Stage());
    } catch (Failure e) {
      if (e.kind() == Failure.Kind.REJECTED || e.kind() == Failure.Kind.NOT_PERSISTED) {
        session.discardDownload();
      }
      throw e;
    }
    session.discardDownload();
    return staged();
  }

  private void download(Manifest offer) throws Failure {
    try {
      new ImageDownload(session.device(), session.server(), offer, new SessionObserver())
          .run(session.passiveSlot());
    } catch (Failure e) {
      throw session.fail(e);
    }
  }

  private String staged() {
    return "%s is staged in slot %s; run activate to boot it next"
        .formatted(session.target(), session.passiveSlot());
  }

  private final class SessionObserver implements ImageDownload.Observer {
    @Override
    public void resumed(long done, long total) {
      session.report("resumes at byte %d of %d".formatted(done, total));
    }

    @Override
    public void show(String label, long done, long total) {
      session.progress().show(label, done, total);
    }

    @Override
    public void end() {
      session.progress().end();
    }

    @Override
    public void checkWanted() throws Failure {
      session.checkDownloadWanted();
    }
  }
}

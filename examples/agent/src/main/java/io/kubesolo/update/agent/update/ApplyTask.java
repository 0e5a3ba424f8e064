package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.download.ImageDownload;
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

/** Downloads what the server offers, and stages it. */
public final class ApplyTask {
  private final UpdateSession session;
  private final boolean force;

  /** Prepares the work of a session. */
  public ApplyTask(UpdateSession session, boolean force) {
    this.session = session;
    this.force = force;
  }

  /** Does the work, and returns a line for a person. */
  public String run() throws Failure {
    return switch (session.phase()) {
      case IDLE -> {
        session.bootSelection().requireOverwritablePassive();
        session.send(new Check());
        yield decide(session.fetchManifestOrFail());
      }
      case DOWNLOADING -> {
        session.bootSelection().requireOverwritablePassive();
        yield resume(session.fetchManifestOrFail());
      }
      case STAGED, SUCCESS, ROLLED_BACK, FAILED -> decide(session.fetchManifest());
      case ACTIVATED -> session.target() + " is activated; reboot";
      case VERIFYING -> session.target() + " is on trial; run healthcheck";
      case CHECKING -> throw Failure.of("another command checks just now; try again");
    };
  }

  private String decide(Manifest offer) throws Failure {
    if (offer.version().equals(session.version())) {
      return endWithoutUpdate();
    }
    if (session.phase() == Phase.STAGED && session.isTarget(offer.version())) {
      return staged();
    }
    session.bootSelection().requireOverwritablePassive();
    return start(offer);
  }

  private String endWithoutUpdate() throws Failure {
    String line = session.version() + " runs, and the server offers no other version";
    if (session.phase() == Phase.CHECKING) {
      session.send(new NoUpdate());
    }
    if (session.phase() == Phase.STAGED) {
      session.send(new Cancel());
      return line + " any more";
    }
    return line;
  }

  private String start(Manifest offer) throws Failure {
    Either<Rejection, UpdateState> answer =
        session.trySend(new Download(offer.version(), session.version(), force));
    if (answer.isRight()) {
      return downloadAndStage(offer);
    }
    if (answer.getLeft() instanceof GuardDenied denied) {
      return refuse(offer.version(), denied);
    }
    throw Failure.of(answer.getLeft());
  }

  private String refuse(String offered, GuardDenied denied) throws Failure {
    boolean checking = session.phase() == Phase.CHECKING;
    if (denied.guards().contains(Guard.NOT_ROLLED_BACK)) {
      if (checking) {
        session.send(new NoUpdate());
      }
      return offered + " is not taken on: " + CheckTask.reason(denied);
    }
    Failure usedUp = Failure.of("%s: %d of %d attempts used up"
        .formatted(offered, session.state().attemptCount(), session.maxAttempts()));
    throw checking ? session.fail(usedUp) : usedUp;
  }

  /** Resumes the download, unless the server offers another version by now. */
  private String resume(Manifest offer) throws Failure {
    if (session.isTarget(offer.version())) {
      return downloadAndStage(offer);
    }
    session.send(new Cancel());
    session.discardDownload();
    return run();
  }

  private String downloadAndStage(Manifest offer) throws Failure {
    try {
      download(offer);
      session.send(new Stage());
    } catch (Failure e) {
      if (e.kind() != Failure.Kind.PASSING) {
        discardUnlessFailed();
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

  private void discardUnlessFailed() {
    if (session.phase() != Phase.FAILED) {
      session.discardDownload();
    }
  }

  private String staged() {
    return "%s is staged in slot %s; activate boots it next"
        .formatted(session.target(), session.passiveSlot());
  }

  private final class SessionObserver implements ImageDownload.Observer {
    @Override
    public void resumed(long done, long total) {
      session.report("goes on at byte %d of %d".formatted(done, total));
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

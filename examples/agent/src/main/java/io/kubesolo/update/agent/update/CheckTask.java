package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks what the server offers, and starts no download. In phase idle, the check is an attempt
 * of its own, which ends in idle or failed. In any other phase it sends no event, unless the server
 * has withdrawn the staged version.
 */
public final class CheckTask {
  private final UpdateSession session;

  /** Prepares the work of a session. */
  public CheckTask(UpdateSession session) {
    this.session = session;
  }

  /** Does the work, and returns what the server offers. */
  public Offer run() throws Failure {
    if (session.phase() == Phase.IDLE) {
      session.send(new Check());
      Offer offer = offer(session.fetchManifestOrFail());
      session.send(offer.isAccepted() ? new Cancel() : new NoUpdate());
      return offer;
    }
    Manifest manifest = session.fetchManifest();
    new FailedCheck(session).acknowledgeUnlessUsedUp(manifest.version());
    Offer offer = offer(manifest);
    if (session.phase() == Phase.STAGED && manifest.version().equals(session.version())) {
      session.send(new Cancel());
    }
    return offer;
  }

  private Offer offer(Manifest manifest) {
    String offered = manifest.version();
    boolean withdrawn = session.phase() == Phase.ACTIVATED && !session.isTarget(offered);
    return new Offer(
        session.version(),
        offered,
        session.isStagedReplacedBy(manifest)
            ? refusalToStageAgain(session, new Download(offered, session.version()))
            : refusal(offered),
        withdrawn ? Optional.of(session.target()) : Optional.empty());
  }

  private Optional<String> refusal(String offered) {
    if (offered.equals(session.version())) {
      return Optional.of("it runs");
    }
    return switch (session.phase()) {
      case ACTIVATED, VERIFYING -> Optional.of(session.target() + " is " + session.phase());
      case DOWNLOADING -> Optional.empty();
      case IDLE, CHECKING, STAGED, SUCCESS, ROLLED_BACK, FAILED ->
        refusal(session.lifecycle().explain(new Download(offered, session.version())));
    };
  }

  /** Returns why another image of the staged version, which is given up first, is not downloaded; or none. */
  static Optional<String> refusalToStageAgain(UpdateSession session, Download download) {
    return refusal(session.lifecycle().explain(new Cancel(), download));
  }

  private static Optional<String> refusal(Either<Rejection, UpdateState> answer) {
    return answer.isRight() ? Optional.empty() : Optional.of(reason(answer.getLeft()));
  }

  private static String reason(Rejection rejection) {
    return rejection instanceof GuardDenied denied ? reason(denied) : rejection.message();
  }

  /** Returns why a version is not downloaded. */
  static String reason(GuardDenied denied) {
    return switch (denied.guards().get(0)) {
      case NEW_TARGET -> "it runs";
      case SUPERSEDES -> "it is staged already";
      case NOT_ROLLED_BACK -> "it was rolled back before; apply --force installs it anyway";
      case ATTEMPTS_LEFT -> "its attempts are used up; apply --force makes another attempt";
      case RUNNING_TARGET -> throw new IllegalStateException("no download has this guard");
    };
  }

  /**
   * What the server offers.
   *
   * @param running the version that runs
   * @param offered the version on offer
   * @param refusal why apply would not download it now, or none
   * @param withdrawn the version that is activated and no longer offered, or none
   */
  public record Offer(
      String running, String offered, Optional<String> refusal, Optional<String> withdrawn) {
    /** Returns whether apply would download it. */
    public boolean isAccepted() {
      return refusal.isEmpty();
    }

    /** Returns a line for the operator. */
    public String line() {
      return withdrawn
          .map(activated -> "%s; %s is activated and no longer offered, rollback --retry undoes it"
              .formatted(plainLine(), activated))
          .orElseGet(this::plainLine);
    }

    private String plainLine() {
      if (offered.equals(running)) {
        return running + " runs, and the server offers no other version";
      }
      return refusal
          .map(why -> offered + " is offered, and not installed: " + why)
          .orElse(offered + " is available (" + running + " runs); apply installs it");
    }

    /** Returns a line of JSON. */
    public String json() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("running", running);
      values.put("offered", offered);
      values.put("update", isAccepted());
      refusal.filter(why -> !offered.equals(running)).ifPresent(why -> values.put("refusal", why));
      return JsonObject.write(values);
    }
  }
}

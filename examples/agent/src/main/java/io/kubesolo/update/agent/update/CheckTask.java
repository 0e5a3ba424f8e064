package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells what the server offers, and takes nothing on. From idle the asking is an attempt of its
 * own, which ends in idle or failed; anywhere else it leaves no trace, unless the server takes the
 * staged version back.
 */
public final class CheckTask {
  private final UpdateSession work;

  public CheckTask(UpdateSession work) {
    this.work = work;
  }

  public Either<Failure, Finding> run() {
    return work.phase() == Phase.IDLE
        ? work.send(new Check()).flatMap(checking -> attempt())
        : work.ask().flatMap(this::compare);
  }

  private Either<Failure, Finding> attempt() {
    Either<Failure, Manifest> offer = work.ask();
    if (offer.isLeft()) {
      return work.fail(offer.getLeft());
    }
    Finding finding = finding(offer.get());
    UpdateEvent end = finding.available() ? new Cancel() : new NoUpdate();
    return work.send(end).map(idle -> finding);
  }

  private Either<Failure, Finding> compare(Manifest offer) {
    Finding finding = finding(offer);
    return work.phase() == Phase.STAGED && offer.version().equals(work.version())
        ? work.send(new Cancel()).map(idle -> finding)
        : Either.right(finding);
  }

  private Finding finding(Manifest offer) {
    return new Finding(work.version(), offer.version(), refusal(offer.version()));
  }

  private Option<String> refusal(String offered) {
    if (offered.equals(work.version())) {
      return Option.some("it runs");
    }
    return switch (work.phase()) {
      case ACTIVATED, VERIFYING -> Option.some(work.target() + " is " + work.phase());
      case DOWNLOADING -> Option.none();
      default ->
        work.lifecycle()
            .explain(new Download(offered, work.version()))
            .swap()
            .toOption()
            .map(CheckTask::reason);
    };
  }

  private static String reason(Rejection rejection) {
    return rejection instanceof GuardDenied denied ? reason(denied) : rejection.message();
  }

  /** Why a version is not taken on. */
  static String reason(GuardDenied denied) {
    return switch (denied.guards().get(0)) {
      case NEW_TARGET -> "it runs";
      case SUPERSEDES -> "it is staged already";
      case NOT_ROLLED_BACK -> "it was rolled back before; apply --force takes it on all the same";
      case ATTEMPTS_LEFT -> "its attempts are used up; apply --force makes another";
      case RUNNING_TARGET -> throw new IllegalStateException("no download has this guard");
    };
  }

  /**
   * What the server says.
   *
   * @param running the version that runs
   * @param offered the version on offer
   * @param refusal why it would not be taken on now, or none
   */
  public record Finding(String running, String offered, Option<String> refusal) {
    /** Whether an apply would take it on. */
    boolean available() {
      return refusal.isEmpty();
    }

    public String line() {
      if (offered.equals(running)) {
        return running + " runs, and the server offers no other version";
      }
      return refusal
          .map(why -> offered + " is offered, and not taken on: " + why)
          .getOrElse(offered + " is available (" + running + " runs); apply takes it on");
    }

    public String json() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("running", running);
      values.put("offered", offered);
      values.put("update", available());
      refusal.filter(why -> !offered.equals(running)).forEach(why -> values.put("refusal", why));
      return JsonObject.write(values);
    }
  }
}

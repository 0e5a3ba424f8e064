package io.kubesolo.update.agent;

import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;

/** Goes back to the prior slot because the operator says so. */
final class RollbackWork {
  private final Work work;
  private final String reason;

  RollbackWork(Work work, String reason) {
    this.work = work;
    this.reason = reason;
  }

  Either<Trouble, String> run() {
    return switch (work.phase()) {
      case ROLLED_BACK -> work.bootEnv().map(work::outlook);
      case VERIFYING, SUCCESS -> work.passiveContent().flatMap(prior -> backTo(work.passive()));
      default -> backTo(work.runningSlot());
    };
  }

  private Either<Trouble, String> backTo(Slot slot) {
    return work.send(new Rollback(reason)).flatMap(back -> work.bootNext(slot)).map(work::outlook);
  }
}

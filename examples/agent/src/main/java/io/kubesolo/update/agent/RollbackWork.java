package io.kubesolo.update.agent;

import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;

/** Goes back to the prior slot because the operator says so. */
final class RollbackWork {
  private final Work work;
  private final Rollback event;

  RollbackWork(Work work, Rollback event) {
    this.work = work;
    this.event = event;
  }

  Either<Trouble, String> run() {
    NextBoot boot = work.nextBoot();
    return switch (work.phase()) {
      case ROLLED_BACK -> boot.env().map(boot::outlook);
      case VERIFYING, SUCCESS ->
        boot.passiveContent()
            .flatMap(prior -> work.send(event))
            .flatMap(back -> boot.start(work.passive()))
            .map(boot::outlook);
      default -> work.send(event).flatMap(back -> boot.align()).map(boot::outlook);
    };
  }
}

package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;

/** Goes back to the prior slot because the operator says so. */
public final class RollbackTask {
  private final UpdateSession work;
  private final Rollback event;

  public RollbackTask(UpdateSession work, Rollback event) {
    this.work = work;
    this.event = event;
  }

  public Either<Failure, String> run() {
    BootSelection boot = work.nextBoot();
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

package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.vavr.control.Either;

/** Decides for the staged target, and has the boot loader start it next. */
public final class ActivateTask {
  private final UpdateSession work;

  public ActivateTask(UpdateSession work) {
    this.work = work;
  }

  public Either<Failure, String> run() {
    BootSelection boot = work.nextBoot();
    return switch (work.phase()) {
      case ACTIVATED -> boot.env().map(boot::outlook);
      case STAGED ->
        boot.passiveContent()
            .fold(
                work::fail,
                target -> work.send(new Activate())
                    .flatMap(activated -> boot.start(work.passive()))
                    .map(boot::outlook));
      default -> work.send(new Activate()).flatMap(activated -> boot.align()).map(boot::outlook);
    };
  }
}

package io.kubesolo.update.agent;

import io.kubesolo.update.core.UpdateEvent.Activate;
import io.vavr.control.Either;

/** Decides for the staged target, and has the boot loader start it next. */
final class ActivateWork {
  private final Work work;

  ActivateWork(Work work) {
    this.work = work;
  }

  Either<Trouble, String> run() {
    NextBoot boot = work.nextBoot();
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

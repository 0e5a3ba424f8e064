package io.kubesolo.update.agent;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.vavr.control.Either;

/** Decides for the staged target, and has the boot loader start it next. */
final class ActivateWork {
  private final Work work;

  ActivateWork(Work work) {
    this.work = work;
  }

  Either<Trouble, String> run() {
    return switch (work.phase()) {
      case ACTIVATED -> work.bootEnv().map(work::outlook);
      case STAGED -> work.passiveContent().fold(work::fail, target -> activate());
      default -> work.send(new Activate()).flatMap(state -> unexpected());
    };
  }

  private Either<Trouble, String> activate() {
    return work.send(new Activate())
        .flatMap(activated -> work.bootNext(work.passive()))
        .map(work::outlook);
  }

  private Either<Trouble, String> unexpected() {
    throw new IllegalStateException("activate has an edge from " + Phase.STAGED + " only");
  }
}

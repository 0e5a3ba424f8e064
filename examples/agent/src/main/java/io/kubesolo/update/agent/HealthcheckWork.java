package io.kubesolo.update.agent;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;
import io.vavr.control.Option;

/**
 * Asks the device whether it is healthy. Healthy, the running slot is marked good, and a target on
 * trial is then confirmed. Unhealthy, a target on trial is rolled back; any other slot stays
 * unmarked, so that the boot loader leaves it when its boots run out.
 */
final class HealthcheckWork {
  private final Work work;

  HealthcheckWork(Work work) {
    this.work = work;
  }

  Either<Trouble, String> run() {
    return work.bootEnv().flatMap(env -> {
      if (env.active() == work.runningSlot()) {
        return examine(env);
      }
      return work.phase() == Phase.ACTIVATED
          ? Either.right(work.outlook(env))
          : Either.left(Trouble.of(work.version() + " is not to stay; " + work.outlook(env)));
    });
  }

  private Either<Trouble, String> examine(BootEnv env) {
    Option<String> problem = work.healthProblem();
    if (problem.isEmpty()) {
      return markGood(env).flatMap(good -> confirm());
    }
    return work.phase() == Phase.VERIFYING
        ? rollBack(problem.get())
        : Either.left(Trouble.of(
            "%s in slot %s: %s".formatted(work.version(), work.runningSlot(), problem.get())));
  }

  private Either<Trouble, BootEnv> markGood(BootEnv env) {
    return env.good()
        ? Either.right(env)
        : env.markedGood(work.device().config().bootTries()).save(work.device().grubenv());
  }

  private Either<Trouble, String> confirm() {
    String line =
        "%s is healthy, slot %s is marked good".formatted(work.version(), work.runningSlot());
    return work.phase() == Phase.VERIFYING
        ? work.send(new Confirm()).map(success -> line)
        : Either.right(line);
  }

  private Either<Trouble, String> rollBack(String problem) {
    return work.send(new Rollback(problem))
        .flatMap(back -> work.align())
        .flatMap(env -> Either.left(Trouble.of(problem + "; rolled back: " + work.outlook(env))));
  }
}

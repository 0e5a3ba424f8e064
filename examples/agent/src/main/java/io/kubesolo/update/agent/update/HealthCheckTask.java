package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.io.Failure;
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
public final class HealthCheckTask {
  private final UpdateSession work;

  public HealthCheckTask(UpdateSession work) {
    this.work = work;
  }

  public Either<Failure, String> run() {
    BootSelection boot = work.nextBoot();
    return boot.env().flatMap(env -> {
      if (env.active() == work.runningSlot()) {
        return examine(env);
      }
      return work.phase() == Phase.ACTIVATED
          ? Either.right(boot.outlook(env))
          : Either.left(Failure.of(work.version() + " is not to stay; " + boot.outlook(env)));
    });
  }

  private Either<Failure, String> examine(BootEnvironment env) {
    Option<Failure> problem = work.healthProblem().map(Failure::of);
    if (problem.isEmpty()) {
      return work.nextBoot().markGood(env).flatMap(good -> confirm());
    }
    return work.phase() == Phase.VERIFYING
        ? rollBack(problem.get())
        : Either.left(Failure.at(
            work.version() + " in slot " + work.runningSlot(),
            problem.get().message() + "; " + prospect(env)));
  }

  private static String prospect(BootEnvironment env) {
    return env.good()
        ? "the slot was marked good before, and stays"
        : "the slot is not marked good, and left after %d more boots".formatted(env.counter());
  }

  private Either<Failure, String> confirm() {
    String line =
        "%s is healthy, slot %s is marked good".formatted(work.version(), work.runningSlot());
    return work.phase() == Phase.VERIFYING
        ? work.send(new Confirm()).map(success -> line)
        : Either.right(line);
  }

  private Either<Failure, String> rollBack(Failure problem) {
    BootSelection boot = work.nextBoot();
    return work.send(new Rollback(problem.message()))
        .flatMap(back -> boot.align())
        .flatMap(env ->
            Either.left(Failure.of(problem.message() + "; rolled back: " + boot.outlook(env))));
  }
}

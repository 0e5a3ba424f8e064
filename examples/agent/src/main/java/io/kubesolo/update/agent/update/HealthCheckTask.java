package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Rollback;

/**
 * Runs the health check. If the device is healthy, the running slot is marked good, and a target on
 * trial is then confirmed. If it is not, a target on trial is rolled back; any other slot stays
 * unmarked, so that the boot loader leaves it when its boots run out.
 */
public final class HealthCheckTask {
  private final UpdateSession session;

  /** Prepares the work of a session. */
  public HealthCheckTask(UpdateSession session) {
    this.session = session;
  }

  /** Does the work, and returns a line for a person. */
  public String run() throws Failure {
    BootSelection boot = session.bootSelection();
    BootEnvironment env = boot.env();
    if (env.active() == session.runningSlot()) {
      return examine(env);
    }
    if (session.phase() == Phase.ACTIVATED) {
      return boot.outlook(env);
    }
    throw Failure.of(session.version() + " is not to stay; " + boot.outlook(env));
  }

  private String examine(BootEnvironment env) throws Failure {
    HealthResult result = session.checkHealth();
    return switch (result.outcome()) {
      case HEALTHY -> {
        session.bootSelection().markGood(env);
        session.noteCheck(CheckResult.PASSED);
        yield confirm();
      }
      case UNDETERMINED -> throw Failure.of(result.problem() + "; nothing is decided");
      case UNHEALTHY -> throw end(env, Failure.of(result.problem()));
    };
  }

  /** Ends the trial of a target that is not healthy, and returns the failure to throw. */
  private Failure end(BootEnvironment env, Failure problem) throws Failure {
    session.noteCheck(CheckResult.FAILED);
    return session.phase() == Phase.VERIFYING
        ? rollBack(problem)
        : Failure.at(
            session.version() + " in slot " + session.runningSlot(),
            problem.message() + "; " + prospect(env));
  }

  private static String prospect(BootEnvironment env) {
    return env.good()
        ? "the slot was marked good before, and stays"
        : "the slot is not marked good, and left after %d more boots".formatted(env.counter());
  }

  private String confirm() throws Failure {
    if (session.phase() == Phase.VERIFYING) {
      session.send(new Confirm());
    }
    return "%s is healthy, slot %s is marked good"
        .formatted(session.version(), session.runningSlot());
  }

  /** Rolls back, and returns the failure to throw. */
  private Failure rollBack(Failure problem) throws Failure {
    BootSelection boot = session.bootSelection();
    session.send(new Rollback(problem.message()));
    return Failure.of(problem.message() + "; rolled back: " + boot.outlook(boot.align()));
  }
}

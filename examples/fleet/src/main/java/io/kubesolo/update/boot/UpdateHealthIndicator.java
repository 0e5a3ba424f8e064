package io.kubesolo.update.boot;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/**
 * Health: down if the state cannot be read. An update that failed or is overdue is no fault of the
 * application, and is a detail.
 */
final class UpdateHealthIndicator extends AbstractHealthIndicator {
  private final UpdateLifecycle lifecycle;

  UpdateHealthIndicator(UpdateLifecycle lifecycle) {
    super("the update lifecycle cannot be asked");
    this.lifecycle = lifecycle;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    Either<StoreFailure, UpdateState> read = lifecycle.refresh();
    if (read.isLeft()) {
      health.down().withDetail("problem", read.getLeft().message());
      return;
    }
    UpdateState state = read.get();
    health
        .up()
        .withDetail("phase", state.phase().wireName())
        .withDetail("revision", state.revision())
        .withDetail("overdue", lifecycle.overdue().isDefined());
    state.toVersion().forEach(version -> health.withDetail("to_version", version));
    state.lastError().forEach(error -> health.withDetail("error", error));
  }
}

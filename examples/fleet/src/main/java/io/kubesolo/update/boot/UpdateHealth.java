package io.kubesolo.update.boot;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Health: down if the state cannot be read. A failed or overdue update is not a fault of the
 * application; it is a detail.
 *
 * @param isUp whether the state can be read
 * @param details the details of a health indicator
 */
record UpdateHealth(boolean isUp, Map<String, Object> details) {
  /** The text that an indicator logs if the check itself fails. */
  static final String FAILED = "the update lifecycle cannot be asked";

  /** Reads the state again. */
  static UpdateHealth of(UpdateLifecycle lifecycle) {
    Either<StoreFailure, UpdateState> read = lifecycle.refresh();
    if (read.isLeft()) {
      return new UpdateHealth(false, Map.of("problem", read.getLeft().message()));
    }
    UpdateState state = read.get();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("phase", state.phase().wireName());
    details.put("revision", state.revision());
    details.put("overdue", lifecycle.overdue().isDefined());
    state.toVersion().forEach(version -> details.put("to_version", version));
    state.lastError().forEach(error -> details.put("error", error));
    return new UpdateHealth(true, details);
  }
}

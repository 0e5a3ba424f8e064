package io.kubesolo.update.boot;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;

/**
 * An application event: the stored state was read again, on schedule.
 *
 * @param state the state, or why it cannot be read
 */
public record StateRead(Either<StoreFailure, UpdateState> state) {}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Either;

/**
 * A value of the configuration, or what is wrong with it. A wrong value is reported where it is
 * used, so that it does not prevent work that does not need it, above all that a healthy slot is
 * marked good.
 *
 * <p>Immutable.
 *
 * @param value the value, or the failure to throw
 */
public record Setting<T>(Either<Failure, T> value) {
  static <T> Setting<T> of(T value) {
    return new Setting<>(Either.right(value));
  }

  /** Returns the value, or throws what is wrong with it. */
  public T get() throws Failure {
    if (value.isLeft()) {
      throw value.getLeft();
    }
    return value.get();
  }
}

package io.kubesolo.update.core;

import org.jspecify.annotations.Nullable;

/** Validates arguments of public methods in the modules of this library. */
public final class Arguments {
  private Arguments() {}

  /**
   * Returns a value that is not null.
   *
   * @param value the argument of a public method
   * @param name what the caller knows it as, for the message
   * @param <T> its type
   * @return the value
   * @throws IllegalArgumentException "NAME is null"
   */
  public static <T> T requireNonNull(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is null");
    }
    return value;
  }
}

package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import org.jspecify.annotations.Nullable;

/** A target that can be read until a test makes it fail: the only way to make a guard throw. */
final class Fickle implements Option<String> {
  private static final long serialVersionUID = 1;

  @Nullable
  Throwable failure;

  /** Returns a failed attempt at this target, on which {@link EventType#DOWNLOAD} asks it. */
  UpdateState failed() {
    return UpdateState.builder()
        .phase(Phase.FAILED)
        .toVersion(this)
        .lastError(Option.some("it broke"))
        .attemptCount(1)
        .revision(7)
        .build();
  }

  @Override
  public String get() {
    fail();
    return "v2";
  }

  @Override
  public boolean isEmpty() {
    fail();
    return false;
  }

  private void fail() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  @Override
  public String stringPrefix() {
    return "Fickle";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return 1;
  }

  @Override
  public String toString() {
    return "Fickle";
  }
}

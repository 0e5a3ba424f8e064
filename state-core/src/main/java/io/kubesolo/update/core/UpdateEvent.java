package io.kubesolo.update.core;

import io.vavr.control.Either;
import io.vavr.control.Option;

/**
 * An event that the agent sends. Versions are opaque: they have 1 to 255 characters, are compared
 * exactly and are never trimmed; any difference makes another version, and a downgrade is a new
 * version too. Errors are cut to their first 4,096 characters. Text that is null, blank or holds a
 * lone surrogate is rejected, and so is a version that holds a control character: the constructors
 * throw {@link IllegalArgumentException}, {@link #of} returns the reason.
 *
 * <p>Immutable.
 */
public sealed interface UpdateEvent {
  /** {@return the type of this event} */
  EventType type();

  /** {@return the values that this event carries, from which {@link #of} makes an equal event} */
  default Values values() {
    return new Values(Option.none(), Option.none(), Option.none(), false, false);
  }

  /** The agent starts asking the server. */
  record Check() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.CHECK;
    }
  }

  /** The server offers nothing to install. */
  record NoUpdate() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.NO_UPDATE;
    }
  }

  /**
   * A version is chosen as the target and its download starts.
   *
   * @param targetVersion the version to update to
   * @param runningVersion the version that runs now
   * @param force whether to install it even if it was rolled back or its attempts are used up
   */
  record Download(String targetVersion, String runningVersion, boolean force)
      implements UpdateEvent {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a version is null, blank, too long, or holds a control
     *     character or a lone surrogate
     */
    public Download {
      orThrow(Text.version("to_version", targetVersion));
      orThrow(Text.version("running_version", runningVersion));
    }

    /**
     * Makes an event that is not forced.
     *
     * @param targetVersion the version to update to
     * @param runningVersion the version that runs now
     */
    public Download(String targetVersion, String runningVersion) {
      this(targetVersion, runningVersion, false);
    }

    @Override
    public EventType type() {
      return EventType.DOWNLOAD;
    }

    @Override
    public Values values() {
      return new Values(
          Option.some(targetVersion), Option.some(runningVersion), Option.none(), force, false);
    }
  }

  /** The artifacts are verified and written to the passive slot. */
  record Stage() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.STAGE;
    }
  }

  /** The passive slot is to boot next; sent before the boot loader is changed. */
  record Activate() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.ACTIVATE;
    }
  }

  /**
   * The new slot runs, and its health check starts.
   *
   * @param runningVersion the version that runs now
   */
  record Verify(String runningVersion) implements UpdateEvent {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the version is null, blank, too long, or holds a control
     *     character or a lone surrogate
     */
    public Verify {
      orThrow(Text.version("running_version", runningVersion));
    }

    @Override
    public EventType type() {
      return EventType.VERIFY;
    }

    @Override
    public Values values() {
      return new Values(Option.none(), Option.some(runningVersion), Option.none(), false, false);
    }
  }

  /** The new slot is healthy; sent after it was marked good. */
  record Confirm() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.CONFIRM;
    }
  }

  /**
   * The attempt is given up before activation.
   *
   * @param error the error message, cut to 4,096 characters
   */
  record Fail(String error) implements UpdateEvent {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the error is null, blank, or holds a lone surrogate
     */
    public Fail {
      error = orThrow(Text.error("error", error));
    }

    /**
     * Makes an event from an exception.
     *
     * @param cause what went wrong
     * @return an event whose error is the exception's class and message, or its class alone if it
     *     has no message
     * @throws IllegalArgumentException if the cause is null
     */
    public static Fail of(Throwable cause) {
      return new Fail(Text.error(cause));
    }

    @Override
    public EventType type() {
      return EventType.FAIL;
    }

    @Override
    public Values values() {
      return new Values(Option.none(), Option.none(), Option.some(error), false, false);
    }
  }

  /**
   * The device goes back to the prior slot; sent before the boot loader is changed.
   *
   * @param error the error message, cut to 4,096 characters
   * @param retry whether the version is not the cause and may be installed again
   */
  record Rollback(String error, boolean retry) implements UpdateEvent {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the error is null, blank, or holds a lone surrogate
     */
    public Rollback {
      error = orThrow(Text.error("error", error));
    }

    /**
     * Makes an event that gives up the version.
     *
     * @param error the error message, cut to 4,096 characters
     * @throws IllegalArgumentException if the error is null, blank, or holds a lone surrogate
     */
    public Rollback(String error) {
      this(error, false);
    }

    /**
     * Makes an event from an exception, which gives up the version.
     *
     * @param cause what went wrong
     * @return an event whose error is the exception's class and message, or its class alone if it
     *     has no message
     * @throws IllegalArgumentException if the cause is null
     */
    public static Rollback of(Throwable cause) {
      return new Rollback(Text.error(cause));
    }

    @Override
    public EventType type() {
      return EventType.ROLLBACK;
    }

    @Override
    public Values values() {
      return new Values(Option.none(), Option.none(), Option.some(error), false, retry);
    }
  }

  /** The operator gives up the attempt before activation. */
  record Cancel() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.CANCEL;
    }
  }

  /** The operator or the agent has seen the outcome. */
  record Acknowledge() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.ACKNOWLEDGE;
    }
  }

  /**
   * The values that an event can carry, not yet validated.
   *
   * @param toVersion the version to update to, or none
   * @param runningVersion the version that runs now, or none
   * @param error the error message, or none
   * @param force whether the operator overrides the guards that can be overridden
   * @param retry whether the version is not the cause and may be installed again
   */
  record Values(
      Option<String> toVersion,
      Option<String> runningVersion,
      Option<String> error,
      boolean force,
      boolean retry) {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a value is null
     */
    public Values {
      Arguments.requireNonNull(toVersion, "to_version");
      Arguments.requireNonNull(runningVersion, "running_version");
      Arguments.requireNonNull(error, "error");
    }

    /**
     * Makes values without {@code retry}.
     *
     * @param toVersion the version to update to, or none
     * @param runningVersion the version that runs now, or none
     * @param error the error message, or none
     * @param force whether the operator overrides the guards that can be overridden
     */
    public Values(
        Option<String> toVersion,
        Option<String> runningVersion,
        Option<String> error,
        boolean force) {
      this(toVersion, runningVersion, error, force, false);
    }
  }

  /**
   * Makes an event from values from outside. Values that the type does not carry are ignored.
   *
   * @param type the type of the event
   * @param values the values
   * @return the event, or one line that states which value is missing or invalid
   * @throws IllegalArgumentException if one of them is null
   */
  static Either<String, UpdateEvent> of(EventType type, Values values) {
    Arguments.requireNonNull(type, "the type");
    Arguments.requireNonNull(values, "the values");
    return switch (type) {
      case CHECK -> Either.right(new Check());
      case NO_UPDATE -> Either.right(new NoUpdate());
      case DOWNLOAD ->
        needed(type, "to_version", values.toVersion())
            .flatMap(to -> Text.version("to_version", to))
            .flatMap(to -> running(type, values).map(by -> new Download(to, by, values.force())));
      case STAGE -> Either.right(new Stage());
      case ACTIVATE -> Either.right(new Activate());
      case VERIFY -> running(type, values).map(Verify::new);
      case CONFIRM -> Either.right(new Confirm());
      case FAIL -> error(type, values).map(Fail::new);
      case ROLLBACK -> error(type, values).map(error -> new Rollback(error, values.retry()));
      case CANCEL -> Either.right(new Cancel());
      case ACKNOWLEDGE -> Either.right(new Acknowledge());
    };
  }

  private static Either<String, String> running(EventType type, Values values) {
    return needed(type, "running_version", values.runningVersion())
        .flatMap(version -> Text.version("running_version", version));
  }

  private static Either<String, String> error(EventType type, Values values) {
    return needed(type, "error", values.error()).flatMap(error -> Text.error("error", error));
  }

  private static Either<String, String> needed(EventType type, String name, Option<String> value) {
    return value.toEither(() -> type + " needs " + name);
  }

  private static String orThrow(Either<String, String> text) {
    return text.getOrElseThrow(reason -> new IllegalArgumentException(reason));
  }
}

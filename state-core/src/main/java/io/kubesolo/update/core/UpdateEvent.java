package io.kubesolo.update.core;

import io.vavr.control.Either;
import io.vavr.control.Option;

/**
 * Something that happened, sent by the agent. Versions are opaque: 1 to 255 characters, compared
 * exactly, never trimmed; any difference is another version, a downgrade too. Errors are cut to
 * their first 4,096 characters. Text that is blank or holds a lone surrogate is refused: the
 * constructors throw {@link IllegalArgumentException}, {@link #of} answers with the reason.
 *
 * <p>Immutable.
 */
public sealed interface UpdateEvent {
  /** {@return what kind of event this is} */
  EventType type();

  /** The agent starts asking the server. */
  record Check() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.CHECK;
    }
  }

  /** The server has nothing to take on. */
  record NoUpdate() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.NO_UPDATE;
    }
  }

  /**
   * A version is taken on and its download starts.
   *
   * @param targetVersion the version to update to
   * @param runningVersion the version that runs now
   * @param force whether to take it on although it was rolled back or has no attempts left
   */
  record Download(String targetVersion, String runningVersion, boolean force)
      implements UpdateEvent {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a version is blank, too long, or holds a lone surrogate
     */
    public Download {
      orThrow(Text.version("to_version", targetVersion));
      orThrow(Text.version("running_version", runningVersion));
    }

    /**
     * Takes a version on unforced.
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
  }

  /** The artifacts are verified and written to the passive slot. */
  record Stage() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.STAGE;
    }
  }

  /** The passive slot is to boot next; sent before the boot loader is touched. */
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
     * @throws IllegalArgumentException if the version is blank, too long, or holds a lone surrogate
     */
    public Verify {
      orThrow(Text.version("running_version", runningVersion));
    }

    @Override
    public EventType type() {
      return EventType.VERIFY;
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
   * @param error what went wrong, cut to 4,096 characters
   */
  record Fail(String error) implements UpdateEvent {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the error is blank or holds a lone surrogate
     */
    public Fail {
      error = orThrow(Text.error("error", error));
    }

    @Override
    public EventType type() {
      return EventType.FAIL;
    }
  }

  /**
   * Back to the prior slot; sent before the boot loader is touched.
   *
   * @param error what went wrong, cut to 4,096 characters
   */
  record Rollback(String error) implements UpdateEvent {
    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the error is blank or holds a lone surrogate
     */
    public Rollback {
      error = orThrow(Text.error("error", error));
    }

    @Override
    public EventType type() {
      return EventType.ROLLBACK;
    }
  }

  /** The operator gives the attempt up before activation. */
  record Cancel() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.CANCEL;
    }
  }

  /** The outcome was seen. */
  record Acknowledge() implements UpdateEvent {
    @Override
    public EventType type() {
      return EventType.ACKNOWLEDGE;
    }
  }

  /**
   * The values an event may carry, not yet checked.
   *
   * @param toVersion the version to update to, or none
   * @param runningVersion the version that runs now, or none
   * @param error what went wrong, or none
   * @param force whether the operator overrides what can be overridden
   */
  record Values(
      Option<String> toVersion,
      Option<String> runningVersion,
      Option<String> error,
      boolean force) {}

  /**
   * Makes an event of values from outside. Values that the type does not carry are ignored.
   *
   * @param type what kind of event
   * @param values the values to pick from
   * @return the event, or in one line what is missing or wrong
   */
  static Either<String, UpdateEvent> of(EventType type, Values values) {
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
      case ROLLBACK -> error(type, values).map(Rollback::new);
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

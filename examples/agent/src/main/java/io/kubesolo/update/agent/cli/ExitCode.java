package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import java.util.Map;
import java.util.TreeMap;

/** The exit codes of the process. */
public final class ExitCode {
  /** Done. */
  static final int OK = 0;

  /** Failed for a reason that has no code of its own. */
  public static final int OTHER = 1;

  /** The command line is not valid. */
  static final int USAGE = 2;

  /** The machine refused the event. */
  static final int REJECTED = 10;

  /** The state file cannot be read, or its content is invalid. */
  static final int UNREADABLE = 11;

  /** The event was not made durable, or the lock or the directory cannot be made. */
  public static final int NOT_PERSISTED = 12;

  /** Another process holds the lock. */
  static final int BUSY = 13;

  /** A reboot is needed; only with {@code --reboot-exit-code}. */
  static final int REBOOT = 14;

  private ExitCode() {}

  /** Returns what the codes mean, in their order, for the help. */
  static Map<Integer, String> meanings() {
    return new TreeMap<>(Map.of(
        OK, "done",
        OTHER, "failed for another reason",
        USAGE, "the command line is not valid",
        REJECTED, "the event was rejected",
        UNREADABLE, "the state file is unreadable or invalid",
        NOT_PERSISTED, "not persisted, or the lock or the directory cannot be made",
        BUSY, "busy: another process holds the lock",
        REBOOT, "a reboot is needed (only with --reboot-exit-code)"));
  }

  static int of(Failure.Kind kind) {
    return switch (kind) {
      case USAGE -> USAGE;
      case REJECTED -> REJECTED;
      case UNREADABLE -> UNREADABLE;
      case NOT_PERSISTED -> NOT_PERSISTED;
      case BUSY -> BUSY;
      case PASSING, OFFER, CONTENT, OVERDUE, UNHEALTHY, OTHER -> OTHER;
    };
  }
}

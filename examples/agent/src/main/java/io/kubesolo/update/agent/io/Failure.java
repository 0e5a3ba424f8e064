package io.kubesolo.update.agent.io;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.persist.IoErrorText;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The reason why a command could not do its work. The message is one readable line: what it is
 * about, what is wrong, and what to do. A failure is expected, and so it has no stack trace.
 */
public final class Failure extends Exception {
  private static final long serialVersionUID = 1;

  /** The kinds of failure that a caller distinguishes; each has an exit code. */
  public enum Kind {
    /** The machine rejected the event. */
    REJECTED,
    /** The state file cannot be read, or its content is invalid. */
    UNREADABLE,
    /** The event is not durable, or the lock or the directory cannot be created. */
    NOT_PERSISTED,
    /** Another process holds the lock. */
    BUSY,
    /**
     * A temporary failure: a link, a server under load, a disk without space. The work is tried
     * again.
     */
    PASSING,
    /** The command line is not valid. */
    USAGE,
    /** What the server offers cannot be used: this version, on this device. */
    OFFER,
    /** A slot does not hold what it should, or no valid note says what it holds. */
    CONTENT,
    /** The phase has lasted longer than its deadline, and was ended. */
    OVERDUE,
    /** The health check failed in all its tries. */
    UNHEALTHY,
    /** Any other failure, for example of the device. */
    OTHER
  }

  private final Kind kind;
  private final String message;

  private Failure(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.message = message;
  }

  /** Returns a failure; the message may contain anything, and is put on one line. */
  public static Failure of(Kind kind, String message) {
    return new Failure(kind, OneLine.of(message));
  }

  /** Returns a failure of kind {@link Kind#OTHER}. */
  public static Failure of(String message) {
    return of(Kind.OTHER, message);
  }

  /** Returns the failure for a rejection by the state or its store, with what to do about it. */
  public static Failure of(Rejection rejection) {
    return of(rejection, true);
  }

  /** Returns the failure for a file whose path does not follow from {@code --state}. */
  public static Failure ofOtherFile(Rejection rejection) {
    return of(rejection, false);
  }

  private static Failure of(Rejection rejection, boolean ofState) {
    // The place is enough for the operator; the parser's own text is left out.
    String problem = rejection
        .message()
        .replaceFirst("not JSON: .* (\\(line \\d+, column \\d+\\))$", "not JSON $1");
    return of(kind(rejection), problem + Remedy.of(rejection, ofState));
  }

  private static Kind kind(Rejection rejection) {
    if (rejection instanceof Unreadable) {
      return Kind.UNREADABLE;
    }
    if (rejection instanceof NotPersisted) {
      return Kind.NOT_PERSISTED;
    }
    return rejection instanceof Busy ? Kind.BUSY : Kind.REJECTED;
  }

  /** Returns the answer of the state machine or its store, or throws if it is a rejection. */
  public static <T> T orThrow(Either<? extends Rejection, T> answer) throws Failure {
    if (answer.isLeft()) {
      throw of(answer.getLeft());
    }
    return answer.get();
  }

  /** Returns a failure that concerns a file or an address. */
  public static Failure at(Object place, String problem) {
    return of(place + ": " + problem);
  }

  /** Returns a failure that the operating system reports for a file. */
  public static Failure at(Path path, IOException e) {
    return at(path, IoErrorText.of(e));
  }

  /**
   * Returns a failure that the operating system reports for a file that the command line names.
   *
   * @param remedy what to do, unless it follows from what the operating system reports
   */
  public static Failure at(Path path, IOException e, String remedy) {
    String problem = IoErrorText.of(e);
    return at(path, problem + "; " + Remedy.byError(problem).orElse(remedy));
  }

  /** Returns this failure with the file or the address that it concerns. */
  public Failure at(Object place) {
    return of(kind, place + ": " + message);
  }

  /** Returns this failure with another kind. */
  public Failure as(Kind other) {
    return of(other, message);
  }

  /** Returns this failure and the one that followed it, which decides the kind. */
  public Failure and(Failure next) {
    return of(next.kind, message + "; then " + next.message);
  }

  /** Returns the kind of failure. */
  public Kind kind() {
    return kind;
  }

  /** Returns the line for the operator. */
  public String message() {
    return message;
  }
}

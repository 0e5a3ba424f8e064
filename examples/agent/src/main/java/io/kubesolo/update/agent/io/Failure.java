package io.kubesolo.update.agent.io;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Why a command could not do its work.
 *
 * @param kind what sort of failure it is, which decides the exit code
 * @param message one line for a person: what it is about, what is wrong, and what to do
 */
public record Failure(Kind kind, String message) {
  /** The sorts of failure that a caller tells apart. */
  public enum Kind {
    /** The machine rejected the event. */
    REJECTED,
    /** The state file cannot be read, or its content is invalid. */
    UNREADABLE,
    /** The event is not durable, or the lock or the directory cannot be created. */
    NOT_PERSISTED,
    /** Another process holds the lock. */
    BUSY,
    /** Any other failure. */
    OTHER
  }

  /** A server or a command may have said anything; the message stays on one line. */
  public Failure {
    message = OneLine.of(message);
  }

  /** A failure of no special kind. */
  public static Failure of(String message) {
    return new Failure(Kind.OTHER, message);
  }

  /** The failure that a rejected event is. */
  public static Failure of(Rejection rejection) {
    return new Failure(kind(rejection), rejection.message());
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

  /** This failure and the one that followed it, which decides the kind. */
  public Failure and(Failure next) {
    return new Failure(next.kind, message + "; then " + next.message);
  }

  /** A failure that concerns a file or an address. */
  public static Failure at(Object place, String problem) {
    return of(place + ": " + problem);
  }

  /** A failure that the operating system reported for a file. */
  public static Failure at(Path path, IOException e) {
    return at(path, reason(e));
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (e instanceof FileSystemException named && named.getReason() != null) {
      return named.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}

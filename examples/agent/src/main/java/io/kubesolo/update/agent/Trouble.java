package io.kubesolo.update.agent;

import io.kubesolo.update.core.Rejection;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Why a command could not do its work.
 *
 * @param exitCode what the process ends with
 * @param message one line for a person: what it is about, what is wrong, and what to do
 */
record Trouble(int exitCode, String message) {
  /** Whatever a server or a command may have said, the message stays on its line. */
  Trouble {
    message = Output.oneLine(message);
  }

  /** Trouble that no other exit code stands for. */
  static Trouble of(String message) {
    return new Trouble(ExitCode.OTHER, message);
  }

  static Trouble of(Rejection rejection) {
    return new Trouble(ExitCode.of(rejection), rejection.message());
  }

  /** This trouble, and what came on top of it, which settles the exit code. */
  Trouble and(Trouble next) {
    return new Trouble(next.exitCode, message + "; then " + next.message);
  }

  /** Trouble with a file, or an address. */
  static Trouble at(Object place, String problem) {
    return of(place + ": " + problem);
  }

  /** What the operating system said of a file. */
  static Trouble at(Path path, IOException e) {
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

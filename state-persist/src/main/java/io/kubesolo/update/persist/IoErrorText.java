package io.kubesolo.update.persist;

import io.kubesolo.update.core.Arguments;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** The text of an {@link IOException} for an error message that names the path itself. */
public final class IoErrorText {
  private IoErrorText() {}

  /**
   * Returns what went wrong, without the path.
   *
   * @param e the exception
   * @return one line that starts in lower case and has no full stop
   * @throws IllegalArgumentException if the exception is null
   */
  public static String of(IOException e) {
    Arguments.requireNonNull(e, "the exception");
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "already exists";
    }
    if (e instanceof NotDirectoryException) {
      return "not a directory";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "directory not empty";
    }
    String reason = e instanceof FileSystemException refused ? refused.getReason() : e.getMessage();
    if (reason == null || reason.isBlank()) {
      return e.getClass().getSimpleName();
    }
    String line = oneLine(reason);
    return line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }

  /** Replaces line breaks and control characters by spaces. */
  static String oneLine(String text) {
    return text.replaceAll("[\\p{Cc}\\u2028\\u2029]", " ");
  }
}

package io.kubesolo.update.persist;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** What an {@link IOException} means, in words and without the path, which its reader names. */
final class Problem {
  private Problem() {}

  static String of(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "there is a file of that name already";
    }
    if (e instanceof NotDirectoryException) {
      return "not a directory";
    }
    String reason = e instanceof FileSystemException refused ? refused.getReason() : e.getMessage();
    return reason == null || reason.isBlank() ? e.getClass().getSimpleName() : sentence(reason);
  }

  private static String sentence(String reason) {
    String line = reason.replaceAll("\\p{Cc}", " ");
    return line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}

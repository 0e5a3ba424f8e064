package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checks that relative paths lead where the user means. The JVM decodes the name of the working
 * directory when it starts, and resolves relative paths against the result. If bytes of the name
 * are not valid in the encoding of the locale, that is another directory. If the working directory
 * was removed, the launcher starts the JVM in another one, and says so by a property.
 */
final class WorkingDirectory {
  private static final Path OF_PROCESS = Path.of("/proc/self/cwd");
  private static final String REMOVED = "update-agent.cwd-removed";

  private WorkingDirectory() {}

  /**
   * Throws if a path is relative and the working directory was removed, or its name could not be
   * decoded.
   */
  static void require(Path path) throws Failure {
    if (path.isAbsolute()) {
      return;
    }
    if (Boolean.getBoolean(REMOVED)) {
      throw AgentCommand.wrong("'" + path
          + "' is relative to the working directory, which was removed: name an absolute path");
    }
    if (!isIntact(System.getProperty("user.dir", ""))) {
      throw AgentCommand.wrong(
          "'" + path + "' is relative to the working directory, whose name is not valid in "
              + ArgumentEncoding.ofLocale() + ": name an absolute path");
    }
  }

  /** Returns whether relative paths are resolved against the working directory of the process. */
  static boolean isIntact(String name) {
    try {
      return isPlain(name) || Files.isSameFile(Path.of(""), OF_PROCESS);
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns whether a name is the same in each encoding; an invalid byte may be decoded as ?. */
  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char character = name.charAt(i);
      if (character < ' ' || character > '~' || character == '?') {
        return false;
      }
    }
    return true;
  }
}

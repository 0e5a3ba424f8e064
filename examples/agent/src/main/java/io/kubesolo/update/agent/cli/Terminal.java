package io.kubesolo.update.agent.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The terminal that standard output is connected to, if it is one.
 *
 * @param colour whether it understands colours and the user wants them
 * @param width the columns of a line, or 0 if it is not a terminal and lines are not wrapped
 */
public record Terminal(boolean colour, int width) {
  /** A file or a pipe. */
  public static final Terminal NONE = new Terminal(false, 0);

  /** The width that is assumed if the terminal does not report it. */
  static final int USUAL_WIDTH = 80;

  private static final int MIN_WIDTH = 20;
  private static final int MAX_WIDTH = 1000;

  /** Returns the terminal of this process. */
  static Terminal ofProcess() {
    return isTerminal(Path.of("/proc/self/fd/1")) ? of(System::getenv) : NONE;
  }

  /** Returns a terminal as the environment describes it: TERM, NO_COLOR and COLUMNS. */
  static Terminal of(Function<String, @Nullable String> environment) {
    return new Terminal(hasColours(environment), width(environment.apply("COLUMNS")));
  }

  private static boolean hasColours(Function<String, @Nullable String> environment) {
    String term = environment.apply("TERM");
    String unwanted = environment.apply("NO_COLOR");
    return term != null
        && !term.isEmpty()
        && !term.equals("dumb")
        && (unwanted == null || unwanted.isEmpty());
  }

  private static int width(@Nullable String columns) {
    if (columns == null || !columns.matches("[0-9]{1,4}")) {
      return USUAL_WIDTH;
    }
    return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Integer.parseInt(columns)));
  }

  /**
   * Returns whether a descriptor of this process is a terminal. {@code System.console()} only says
   * whether standard input and output both are.
   */
  static boolean isTerminal(Path descriptor) {
    try {
      String device = descriptor.toRealPath().toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.startsWith("/dev/hvc")
          || device.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}

package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs to their end. */
public final class Shell {
  /** The time after which a program is taken for hanging. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Shell() {}

  /**
   * The exit code and the output of a program.
   *
   * @param code its exit code, 128 and the signal where one ended it
   */
  public record Result(int code, String out, String err) {
    public boolean succeeded() {
      return code == 0;
    }
  }

  public static Result run(String... command) {
    return run(List.of(command));
  }

  public static Result run(List<String> command) {
    return run(PATIENCE, command);
  }

  private static Result run(Duration limit, List<String> command) {
    try {
      Path out = Files.createTempFile("out", "");
      Path err = Files.createTempFile("err", "");
      try {
        Process process = new ProcessBuilder(command)
            .directory(new File("/"))
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
        int code = end(limit, process, command);
        return new Result(code, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command that must succeed, and returns what it printed. */
  public static String must(String... command) {
    return must(PATIENCE, List.of(command));
  }

  /** Runs a command that may take longer and must succeed, and returns its output. */
  public static String must(Duration limit, List<String> command) {
    Result result = run(limit, command);
    assertThat(result.code()).as("%s: %s", command, result).isZero();
    return result.out().strip();
  }

  /** Waits for a process, and ends it with all that it started if it hangs. */
  private static int end(Duration limit, Process process, List<String> command) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
      throw new AssertionError("still running: " + command);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted: " + command, e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}

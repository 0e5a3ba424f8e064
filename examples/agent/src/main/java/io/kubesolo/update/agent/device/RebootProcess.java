package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Deadlines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the command that reboots the device, in the device directory. The command is not killed when
 * the reboot ends this process.
 */
public final class RebootProcess implements Reboot {
  private static final long OUTPUT_MS = 500;

  private final Path dir;
  private final Duration patience;

  /** Reboots the device of a directory, and waits up to a minute for the command. */
  public RebootProcess(Path dir) {
    this(dir, Duration.ofMinutes(1));
  }

  /**
   * Reboots the device of a directory.
   *
   * @param patience how long to wait for the command; one that takes longer keeps running
   */
  RebootProcess(Path dir, Duration patience) {
    this.dir = dir;
    this.patience = patience;
  }

  @Override
  public void run(List<String> command) throws Failure {
    try {
      Process process = new ProcessBuilder(command)
          .directory(dir.toFile())
          .redirectErrorStream(true)
          .start();
      process.getOutputStream().close();
      LastOutputLine output = LastOutputLine.of(process.getInputStream());
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw Failure.of("the reboot command has not ended within %s, and keeps running%s"
            .formatted(Deadlines.inWords(patience), output.now()));
      }
      if (process.exitValue() != 0) {
        throw Failure.of("the reboot command failed: exit code " + process.exitValue()
            + output.after(OUTPUT_MS));
      }
    } catch (IOException e) {
      throw Failure.of("the reboot command cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of("the wait for the reboot command was interrupted");
    }
  }
}

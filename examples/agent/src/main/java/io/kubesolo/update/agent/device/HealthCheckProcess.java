package io.kubesolo.update.agent.device;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Deadlines;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the device's check command. The slot is healthy if the exit code is 0 and comes in time. The
 * command finds the running slot and version in {@code UPDATE_SLOT} and {@code UPDATE_VERSION} (empty if it is not
 * known), and the device's directory, in which it runs, in {@code UPDATE_DEVICE}. At the timeout, and if this
 * JVM is terminated, it is killed with all processes that it has started. Processes that a
 * failed command left running are killed too.
 *
 * <p>The exit codes 126 and 127 are those of a shell that cannot start a command.
 */
public final class HealthCheckProcess implements HealthProbe {
  /** How long the output of an ended command is awaited; a process that it left may hold it. */
  private static final long OUTPUT_MS = 500;

  @Override
  public HealthResult check(Device device, Slot slot, Optional<String> version) {
    try (GuardedProcess command = new GuardedProcess(builder(device, slot, version))) {
      return result(command.start(), device.config().health().timeout(), command);
    } catch (IOException | Failure e) {
      return HealthResult.undetermined("health check cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HealthResult.undetermined("health check was interrupted");
    }
  }

  private static ProcessBuilder builder(Device device, Slot slot, Optional<String> version)
      throws Failure {
    ProcessBuilder builder =
        new ProcessBuilder(device.config().health().command().get());
    builder.redirectErrorStream(true);
    builder.directory(device.dir().toFile());
    Map<String, String> environment = builder.environment();
    environment.put("UPDATE_SLOT", slot.letter());
    environment.put("UPDATE_DEVICE", device.dir().toAbsolutePath().toString());
    environment.put("UPDATE_VERSION", version.orElse("").replace('\0', '?'));
    return builder;
  }

  private static HealthResult result(Process process, Duration timeout, GuardedProcess command)
      throws InterruptedException {
    LastOutputLine output = LastOutputLine.of(process.getInputStream());
    if (!process.waitFor(timeout.toMillis(), MILLISECONDS)) {
      // Read before the kill, because a shell prints a line for each of its children that is
      // killed.
      return HealthResult.unhealthy(
          "health check failed: no answer within " + Deadlines.inWords(timeout) + output.now());
    }
    int code = process.exitValue();
    if (code == 0) {
      command.release();
      return HealthResult.HEALTHY;
    }
    String line = output.after(OUTPUT_MS);
    return switch (code) {
      case 126, 127 -> HealthResult.undetermined("health check cannot be started" + line);
      case 129 -> HealthResult.undetermined("health check was ended by SIGHUP" + line);
      case 130 -> HealthResult.undetermined("health check was ended by SIGINT" + line);
      case 143 -> HealthResult.undetermined("health check was ended by SIGTERM" + line);
      default -> HealthResult.unhealthy("health check failed: exit code " + code + line);
    };
  }
}

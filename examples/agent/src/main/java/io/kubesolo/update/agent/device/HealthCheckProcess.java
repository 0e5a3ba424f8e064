package io.kubesolo.update.agent.device;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The device's own check command: healthy is exit code 0 in time. The running slot and version are
 * in {@code UPDATE_SLOT} and {@code UPDATE_VERSION}, and the device's directory in {@code
 * UPDATE_DEVICE}. At the timeout it is killed with all that it has started.
 */
public final class HealthCheckProcess implements HealthProbe {
  /** How long the output of an ended command is waited for; a process that it left may hold it. */
  private static final long LAST_WORDS_MS = 500;

  @Override
  public Optional<String> problem(Device device, Slot slot, String version) {
    String mark = UUID.randomUUID().toString();
    ProcessBuilder builder = new ProcessBuilder(device.config().healthCheck());
    builder.redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put(ProcessTree.MARK, mark);
    environment.put("UPDATE_SLOT", slot.letter());
    environment.put("UPDATE_VERSION", version.replace('\0', '?'));
    environment.put("UPDATE_DEVICE", device.dir().toAbsolutePath().toString());
    try {
      return run(builder.start(), mark, device.config())
          .map(problem -> "health check failed: " + problem);
    } catch (IOException e) {
      return Optional.of("health check cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("health check was interrupted");
    }
  }

  private static Optional<String> run(Process process, String mark, DeviceConfig config)
      throws IOException, InterruptedException {
    process.getOutputStream().close();
    LastOutputLine output = LastOutputLine.of(process.getInputStream());
    boolean ended;
    try {
      ended = process.waitFor(config.healthTimeout().toMillis(), MILLISECONDS);
    } finally {
      if (process.isAlive()) {
        ProcessTree.kill(process.toHandle(), mark);
      }
    }
    String words = output.after(LAST_WORDS_MS);
    if (!ended) {
      return Optional.of("no answer within " + config.healthTimeout().toSeconds() + " s" + words);
    }
    return process.exitValue() == 0
        ? Optional.empty()
        : Optional.of("exit code " + process.exitValue() + words);
  }
}

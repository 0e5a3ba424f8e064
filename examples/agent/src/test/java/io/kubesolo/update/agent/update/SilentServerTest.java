package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Transfer;
import io.kubesolo.update.agent.http.Waiting;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.persist.StateFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A command that waits for a silent server holds the work lock, for which the health check of a boot
 * waits only {@code HealthCheckTask.PATIENCE}.
 */
final class SilentServerTest extends DeviceWithServer {
  private static final Duration SILENCE = Duration.ofMinutes(5);

  private Duration uptime = Duration.ZERO;

  /** Answers nothing, until its clients have waited as long as they do for any server. */
  private final class Silent implements UpdateServer {
    @Override
    public Manifest manifest(Path publicKey, Path verified, Waiting<Failure> waiting)
        throws Failure {
      for (Duration end = uptime.plus(SILENCE); uptime.compareTo(end) < 0; ) {
        waiting.check();
        uptime = uptime.plusSeconds(1);
      }
      throw Failure.of(Failure.Kind.PASSING, "the server did not answer");
    }

    @Override
    public byte[] fetch(String name, int maxBytes, Waiting<Failure> waiting) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Transfer<Failure> open(String name, long from, Waiting<Failure> waiting) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Retries retries() {
      return new Retries(List.of(), pause -> {});
    }

    @Override
    public String address(String name) {
      return name;
    }
  }

  private UpdateContext context() {
    return new UpdateContext(
        device.dir,
        StateFile.at(device.dir.resolve("state.json")),
        LifecycleSettings.DEFAULT,
        new TableEngine(),
        config -> new Silent(),
        (where, slot, version) -> HealthResult.HEALTHY,
        (config, lock) -> {
          throw new AssertionError("there is no fleet lock");
        },
        command -> {},
        () -> uptime,
        DownloadProgress.NONE,
        line -> {},
        line -> {});
  }

  private Duration waitOf(UpdateSession.Task<UpdateSession, ?> task) {
    Duration before = uptime;
    assertThat(catchThrowableOfType(Failure.class, () -> UpdateSession.run(context(), task))
            .message())
        .contains("the server did not answer");
    return uptime.minus(before);
  }

  @Test
  void doesNotKeepTheHealthCheckOfABootWaiting() {
    device.done("boot");

    assertThat(waitOf(session -> new CheckTask(session).run()))
        .isLessThan(HealthCheckTask.PATIENCE);
    assertThat(waitOf(session -> new ApplyTask(session, false).run()))
        .isLessThan(HealthCheckTask.PATIENCE);

    device.done("healthcheck");
    assertThat(waitOf(session -> new CheckTask(session).run())).isEqualTo(SILENCE);
  }
}

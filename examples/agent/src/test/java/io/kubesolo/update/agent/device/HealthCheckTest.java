package io.kubesolo.update.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.HealthResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthCheckTest {
  private static final HealthResult SICK = HealthResult.unhealthy("sick");
  private static final HealthResult BROKEN = HealthResult.undetermined("cannot be started");

  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> messages = new ArrayList<>();

  @TempDir
  Path dir;

  @Test
  void endsWithTheFirstTryThatIsHealthy() throws Exception {
    assertThat(check(SICK, SICK, HealthResult.HEALTHY)).isEqualTo(HealthResult.HEALTHY);

    assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7));
    assertThat(messages)
        .containsExactly(
            "sick (try 1 of 3; the next one in 7s)", "sick (try 2 of 3; the next one in 7s)");
  }

  @Test
  void isUnhealthyIfAllTriesAre() throws Exception {
    assertThat(check(SICK, SICK, HealthResult.unhealthy("very sick")).problem())
        .isEqualTo("very sick");
    assertThat(pauses).hasSize(2);
  }

  @Test
  void decidesNothingIfATryCannotBeStarted() throws Exception {
    assertThat(check(BROKEN)).isEqualTo(BROKEN);
    assertThat(check(SICK, BROKEN)).isEqualTo(BROKEN);
  }

  @Test
  void decidesNothingIfItIsInterruptedInAPause() throws Exception {
    HealthResult result = new HealthCheck((device, slot, version) -> SICK, pause -> {
          throw new InterruptedException();
        })
        .run(device(), Slot.A, Optional.empty(), messages::add);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.outcome()).isEqualTo(Outcome.UNDETERMINED);
  }

  private HealthResult check(HealthResult... results) throws Exception {
    Deque<HealthResult> next = new ArrayDeque<>(List.of(results));
    HealthResult result = new HealthCheck((device, slot, version) -> next.pop(), pauses::add)
        .run(device(), Slot.A, Optional.of("v1"), messages::add);
    assertThat(next).as("results that were planned and not used").isEmpty();
    return result;
  }

  private Device device() throws Exception {
    Files.writeString(
        dir.resolve("device.json"),
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"health_interval_s\":7}");
    return Device.open(dir);
  }
}

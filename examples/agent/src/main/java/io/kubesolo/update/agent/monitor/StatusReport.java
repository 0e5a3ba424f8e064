package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.persist.StateJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/** The status as JSON for other programs. */
public final class StatusReport {
  private StatusReport() {}

  /**
   * Returns an object: the state as in the file, its age and limit, what runs on the device, and
   * what the next step waits for. Throws if the state cannot be read.
   */
  public static String of(Observation observation) throws Failure {
    StatusSnapshot status = observation.requireState();
    return write(observation, status, status.age().toJavaOptional());
  }

  /** Returns the same tag for two reports that differ by their age only. */
  static String etag(Observation observation) throws Failure {
    String text = write(observation, observation.requireState(), Optional.empty());
    return "W/\"" + Sha256.of(text.getBytes(UTF_8)) + '"';
  }

  /** Returns an object that says why the state cannot be read, and what runs. */
  public static String unreadable(Observation observation, Failure reason) {
    String text = JsonLine.object(json -> {
      json.writeStringField("error", reason.message());
      writeDevice(json, observation);
    });
    return text + "\n";
  }

  private static void writeDevice(JsonGenerator json, Observation observation) throws IOException {
    if (observation.device().isPresent()) {
      DeviceJson.write(json, observation.device().get());
    }
    if (observation.waits().isPresent()) {
      DeviceJson.write(json, observation.waits().get());
    }
    if (observation.deviceUnknown().isPresent()) {
      json.writeStringField("device_error", observation.deviceUnknown().get().message());
    }
  }

  private static String write(
      Observation observation, StatusSnapshot status, Optional<Duration> age) {
    return JsonLine.object(json -> {
          json.writeFieldName("state");
          json.writeRawValue(new String(StateJson.encode(status.state()), UTF_8).stripTrailing());
          JsonLine.texts(
              json,
              "permitted",
              status.permitted().stream().map(EventType::wireName).toList());
          json.writeNumberField("max_attempts", status.settings().maxAttempts());
          json.writeBooleanField("overdue", status.overdue().isDefined());
          if (status.limit().isDefined()) {
            json.writeNumberField("deadline_s", seconds(status.limit().get()));
          }
          if (status.overdue().isDefined()) {
            json.writeStringField("due", status.overdue().get().event().type().wireName());
          }
          writeDevice(json, observation);
          if (age.isPresent()) {
            json.writeNumberField("age_s", seconds(age.get()));
          }
        })
        + "\n";
  }

  /** Returns the seconds to the millisecond, without trailing zeros. */
  private static BigDecimal seconds(Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
  }
}

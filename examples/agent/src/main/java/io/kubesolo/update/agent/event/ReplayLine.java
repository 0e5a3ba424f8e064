package io.kubesolo.update.agent.event;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.persist.EventLine;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One valid line of a replay.
 *
 * @param event the event
 * @param at the time of the event, or none for the present
 */
public record ReplayLine(UpdateEvent event, Option<Instant> at) {
  /** Reads a line; or says why it is not a JSON object, or not an event with all its values. */
  public static Either<String, ReplayLine> parse(byte[] line) {
    return EventLine.parse(line).map(read -> new ReplayLine(read.event(), read.at()));
  }

  /** Returns the line of an event without a time. */
  public static String text(UpdateEvent event) {
    Values values = event.values();
    return JsonLine.object(json -> {
      json.writeStringField("event", event.type().wireName());
      writeText(json, EventField.TO_VERSION, values.toVersion());
      writeText(json, EventField.RUNNING_VERSION, values.runningVersion());
      writeText(json, EventField.ERROR, values.error());
      writeFlag(json, EventField.FORCE, values.force());
      writeFlag(json, EventField.RETRY, values.retry());
    });
  }

  /** Returns the lines of events without a time. */
  public static String text(List<UpdateEvent> events) {
    return events.stream().map(event -> text(event) + "\n").collect(Collectors.joining());
  }

  private static void writeText(JsonGenerator json, EventField field, Option<String> value)
      throws IOException {
    if (value.isDefined()) {
      json.writeStringField(field.wireName(), value.get());
    }
  }

  private static void writeFlag(JsonGenerator json, EventField field, boolean value)
      throws IOException {
    if (value) {
      json.writeBooleanField(field.wireName(), true);
    }
  }
}

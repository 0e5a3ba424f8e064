package io.kubesolo.update.agent.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.persist.StateJson;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One line of a replay that makes sense.
 *
 * @param event the event it asks for
 * @param at the time it is to happen at, or none for the present
 */
public record ReplayLine(UpdateEvent event, Option<Instant> at) {
  /** Reads a line; none if it is no JSON object, or names no event with all it carries. */
  public static Option<ReplayLine> parse(byte[] line) {
    return object(line).flatMap(ReplayLine::of);
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

  private static Option<JsonNode> object(byte[] line) {
    try {
      // Decoded here, since Jackson would take a line of UTF-16 as well.
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return Option.of(JsonObject.STRICT.readTree(text)).filter(JsonNode::isObject);
    } catch (CharacterCodingException | JsonProcessingException e) {
      return Option.none();
    }
  }

  private static Option<ReplayLine> of(JsonNode line) {
    return text(line, "event")
        .flatMap(EventType::ofWireName)
        .filter(type -> isWellTyped(line, type))
        .flatMap(type -> UpdateEvent.of(type, values(line)).toOption())
        .flatMap(event -> at(line).map(at -> new ReplayLine(event, at)));
  }

  private static Values values(JsonNode line) {
    return new Values(
        text(line, "to_version"),
        text(line, "running_version"),
        text(line, "error"),
        line.path("force").asBoolean(false),
        line.path("retry").asBoolean(false));
  }

  private static boolean isWellTyped(JsonNode line, EventType type) {
    return isFlag(line, type, EventField.FORCE) && isFlag(line, type, EventField.RETRY);
  }

  /** Returns whether a flag is a boolean or absent, or not carried by the event. */
  private static boolean isFlag(JsonNode line, EventType type, EventField flag) {
    JsonNode value = line.path(flag.wireName());
    return !type.fields().contains(flag) || isAbsent(value) || value.isBoolean();
  }

  /** The time of the line: none where it is mistyped, some of none where it is absent. */
  private static Option<Option<Instant>> at(JsonNode line) {
    return isAbsent(line.path("at"))
        ? Option.some(Option.none())
        : text(line, "at").flatMap(at -> StateJson.instant(at).toOption()).map(Option::some);
  }

  private static Option<String> text(JsonNode line, String key) {
    return Option.when(line.path(key).isTextual(), () -> line.path(key).textValue());
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}

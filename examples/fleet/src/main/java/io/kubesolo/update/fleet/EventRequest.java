package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Reads the JSON of requests strictly: no key twice, nothing after the object, UTF-8 only. */
final class EventRequest {
  private static final JsonMapper STRICT = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private EventRequest() {}

  /** Returns the JSON object in a body, or what is wrong with it. */
  static Either<String, JsonNode> object(byte[] body) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      JsonNode json = STRICT.readTree(text);
      return json.isObject() ? Either.right(json) : Either.left("the body is no JSON object");
    } catch (CharacterCodingException e) {
      return Either.left("the body is not UTF-8");
    } catch (JsonProcessingException e) {
      return Either.left("the body is not one JSON object" + place(e));
    }
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
  }

  /**
   * Returns the event in a body, as {@code replay} of update-agent has it, or what is wrong with it.
   * Keys that the event does not carry are ignored.
   */
  static Either<String, UpdateEvent> parse(byte[] body) {
    return object(body).flatMap(json -> type(json).flatMap(type -> event(type, json)));
  }

  private static Either<String, EventType> type(JsonNode json) {
    return Option.of(json.path("event").textValue())
        .toEither("the body names no event")
        .flatMap(name ->
            EventType.ofWireName(name).toEither(() -> "no event is named " + json.get("event")));
  }

  private static Either<String, UpdateEvent> event(EventType type, JsonNode json) {
    for (EventField field : type.fields()) {
      JsonNode value = json.path(field.wireName());
      boolean flag = field == EventField.FORCE || field == EventField.RETRY;
      boolean absent = value.isMissingNode() || value.isNull();
      if (!absent && !(flag ? value.isBoolean() : value.isTextual())) {
        return Either.left(field + " must be " + (flag ? "true or false" : "text"));
      }
    }
    return UpdateEvent.of(
        type,
        new Values(
            text(json, EventField.TO_VERSION),
            text(json, EventField.RUNNING_VERSION),
            text(json, EventField.ERROR),
            json.path(EventField.FORCE.wireName()).asBoolean(false),
            json.path(EventField.RETRY.wireName()).asBoolean(false)));
  }

  private static Option<String> text(JsonNode json, EventField field) {
    return Option.of(json.path(field.wireName()).textValue());
  }
}

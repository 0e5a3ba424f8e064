package io.kubesolo.update.persist;

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
import java.time.Instant;

/**
 * An event as one JSON object: a line that the command {@code replay} reads, or the body of
 * a request.
 *
 * @param event the event
 * @param at when it happens; none is now
 */
public record EventLine(UpdateEvent event, Option<Instant> at) {
  /** Rejects ambiguous input: a key that occurs twice, and content after the end. */
  private static final JsonMapper STRICT = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  /**
   * Reads an event. Keys that the event does not carry are ignored; {@code null} is absent.
   *
   * @param json the object, in UTF-8
   * @return the event, or what is wrong with the object
   */
  public static Either<String, EventLine> parse(byte[] json) {
    return object(json)
        .flatMap(line -> type(line)
            .flatMap(type -> event(type, line))
            .flatMap(event -> at(line).map(at -> new EventLine(event, at))));
  }

  private static Either<String, JsonNode> object(byte[] json) {
    try {
      // Decoded here because Jackson would accept UTF-16 as well.
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      JsonNode object = STRICT.readTree(text);
      return object.isObject() ? Either.right(object) : Either.left("this is not a JSON object");
    } catch (CharacterCodingException e) {
      return Either.left("this is not UTF-8");
    } catch (JsonProcessingException e) {
      return Either.left("this is not one JSON object" + place(e));
    }
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? "" : " (line %s, column %s)".formatted(at.getLineNr(), at.getColumnNr());
  }

  private static Either<String, EventType> type(JsonNode line) {
    return Option.of(line.path("event").textValue())
        .toEither("no event is named")
        .flatMap(name ->
            EventType.ofWireName(name).toEither(() -> "no event is named " + line.get("event")));
  }

  private static Either<String, UpdateEvent> event(EventType type, JsonNode line) {
    for (EventField field : type.fields()) {
      JsonNode value = line.path(field.wireName());
      boolean flag = field == EventField.FORCE || field == EventField.RETRY;
      if (!isAbsent(value) && !(flag ? value.isBoolean() : value.isTextual())) {
        return Either.left(field + " must be " + (flag ? "true or false" : "text"));
      }
    }
    return UpdateEvent.of(
        type,
        new Values(
            text(line, EventField.TO_VERSION),
            text(line, EventField.RUNNING_VERSION),
            text(line, EventField.ERROR),
            line.path(EventField.FORCE.wireName()).asBoolean(false),
            line.path(EventField.RETRY.wireName()).asBoolean(false)));
  }

  private static Option<String> text(JsonNode line, EventField field) {
    return Option.of(line.path(field.wireName()).textValue());
  }

  private static Either<String, Option<Instant>> at(JsonNode line) {
    JsonNode at = line.path("at");
    if (isAbsent(at)) {
      return Either.right(Option.none());
    }
    return at.isTextual()
        ? StateJson.instant(at.textValue()).mapLeft(problem -> "at: " + problem).map(Option::some)
        : Either.left("at must be text");
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}

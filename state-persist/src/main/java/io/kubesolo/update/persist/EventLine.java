package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as one JSON object: a line that the command {@code replay} reads, or the body of
 * a request.
 *
 * <p>Immutable.
 *
 * @param event the event
 * @param at when it happens; none is now
 */
public record EventLine(UpdateEvent event, Option<Instant> at) {
  private static final String NOT_ONE_OBJECT = "this is not one JSON object";

  /** Rejects a key that occurs twice, because that is ambiguous. */
  private static final JsonFactory STRICT = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(JsonText.CONSTRAINTS)
      .build();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

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
    // Decoded here because Jackson would accept UTF-16 as well.
    try (JsonParser parser =
        STRICT.createParser(UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Either.left("this is not a JSON object");
      }
      ObjectNode object = members(parser);
      return parser.nextToken() == null
          ? Either.right(object)
          : Either.left(NOT_ONE_OBJECT + place(parser.currentTokenLocation()));
    } catch (CharacterCodingException e) {
      return Either.left("this is not UTF-8");
    } catch (JsonProcessingException e) {
      return Either.left(NOT_ONE_OBJECT + place(e.getLocation()));
    } catch (IOException e) {
      return Either.left(NOT_ONE_OBJECT);
    }
  }

  /** Reads the members of an object. The time it takes is linear in the length of its text. */
  private static ObjectNode members(JsonParser parser) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      object.set(key, value(parser));
    }
    return object;
  }

  /**
   * Reads a text or a boolean. Any other value is read as null or as an array, which no key of an
   * event takes: to compute a long number would take longer than to read it.
   */
  private static JsonNode value(JsonParser parser) throws IOException {
    return switch (parser.nextToken()) {
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
      case VALUE_NULL -> NODES.nullNode();
      default -> {
        parser.skipChildren();
        yield NODES.arrayNode();
      }
    };
  }

  private static String place(@Nullable JsonLocation at) {
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

package io.kubesolo.update.agent.io;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.vavr.control.Either;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A small JSON object whose values are texts, whole numbers or lists of texts.
 *
 * <p>Immutable.
 */
public final class JsonObject {
  /** Refuses what is ambiguous: a key that stands twice, and content after the end. */
  public static final JsonMapper STRICT = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private final JsonNode object;

  private JsonObject(JsonNode object) {
    this.object = object;
  }

  /** Reads an object, or says in one line what is wrong with it. */
  public static Either<String, JsonObject> parse(byte[] bytes) {
    try {
      JsonNode node = STRICT.readTree(bytes);
      return node.isObject()
          ? Either.right(new JsonObject(node))
          : Either.left("is not a JSON object");
    } catch (MismatchedInputException e) {
      return Either.left("goes on after its JSON object");
    } catch (JsonProcessingException e) {
      return Either.left("is not JSON: " + where(e));
    } catch (IOException e) {
      return Either.left("is not JSON: " + e.getMessage());
    }
  }

  private static String where(JsonProcessingException e) {
    String what = e.getOriginalMessage().lines().findFirst().orElse("malformed");
    JsonLocation place = e.getLocation();
    return place == null
        ? what
        : "line %d, column %d: %s".formatted(place.getLineNr(), place.getColumnNr(), what);
  }

  public Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  public Either<String, String> text(String key) {
    return present(key)
        .filterOrElse(JsonNode::isTextual, value -> quoted(key) + " is not a text")
        .map(JsonNode::textValue);
  }

  public Either<String, List<String>> list(String key) {
    return present(key)
        .filterOrElse(JsonObject::holdsTexts, value -> quoted(key) + " is not a list of texts")
        .map(JsonObject::texts);
  }

  public Either<String, Long> number(String key, long min, long max) {
    return present(key)
        .filterOrElse(
            value -> value.isIntegralNumber() && value.canConvertToLong(),
            value -> quoted(key) + " is not a whole number")
        .map(JsonNode::longValue)
        .filterOrElse(
            number -> number >= min && number <= max,
            number -> "\"%s\" is %d; it must be %d to %d".formatted(key, number, min, max));
  }

  /** A number, or what it is where the key is absent. */
  public Either<String, Long> number(String key, long min, long max, long otherwise) {
    return object.has(key) ? number(key, min, max) : Either.right(otherwise);
  }

  private Either<String, JsonNode> present(String key) {
    return object.has(key) ? Either.right(object.get(key)) : Either.left("lacks " + quoted(key));
  }

  private static boolean holdsTexts(JsonNode node) {
    boolean texts = node.isArray();
    for (JsonNode element : node) {
      texts &= element.getNodeType() == JsonNodeType.STRING;
    }
    return texts;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.textValue()));
    return texts;
  }

  private static String quoted(String key) {
    return '"' + key + '"';
  }

  /** Writes an object on one line. A value is a text, a whole number, a boolean, or a list of them. */
  public static String write(Map<String, ?> values) {
    try {
      return STRICT.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a value of JSON: " + values, e);
    }
  }
}

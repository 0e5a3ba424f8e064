package io.kubesolo.update.agent.io;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A small JSON object whose values are texts, whole numbers, lists of texts or such objects.
 *
 * <p>Immutable.
 */
public final class JsonObject {
  /** Rejects ambiguous input: a key that occurs twice, and content after the end. */
  public static final JsonMapper STRICT = JsonMapper.builder(JsonLine.newFactory())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private final JsonNode object;

  private JsonObject(JsonNode object) {
    this.object = object;
  }

  /** Reads an object. The failure says what is wrong with it, and does not name the file. */
  public static JsonObject parse(byte[] bytes) throws Failure {
    try {
      JsonNode node = STRICT.readTree(bytes);
      if (!node.isObject()) {
        throw Failure.of("is not a JSON object");
      }
      return new JsonObject(node);
    } catch (MismatchedInputException e) {
      throw Failure.of("goes on after its JSON object");
    } catch (JsonProcessingException e) {
      throw Failure.of("is not JSON: " + where(e));
    } catch (IOException e) {
      throw Failure.of("is not JSON: " + e.getMessage());
    }
  }

  private static String where(JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    return place == null
        ? "malformed"
        : "line " + place.getLineNr() + ", column " + place.getColumnNr();
  }

  /** Returns the keys in alphabetical order. */
  public Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Returns the text of a key. */
  public String text(String key) throws Failure {
    JsonNode value = value(key);
    if (!value.isTextual()) {
      throw Failure.of(quoted(key) + " is not a text");
    }
    return value.textValue();
  }

  /** Returns the list of texts of a key. */
  public List<String> list(String key) throws Failure {
    JsonNode value = value(key);
    if (!holdsTexts(value)) {
      throw Failure.of(quoted(key) + " is not a list of texts");
    }
    return texts(value);
  }

  /** Returns the whole number of a key, which must be in a range. */
  public long number(String key, long min, long max) throws Failure {
    JsonNode value = value(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw Failure.of(quoted(key) + " is not a whole number");
    }
    long number = value.longValue();
    if (number < min || number > max) {
      throw Failure.of("\"%s\" is %d; it must be %d to %d".formatted(key, number, min, max));
    }
    return number;
  }

  /** Returns the whole number of a key, or a default if the key is absent. */
  public long number(String key, long min, long max, long defaultValue) throws Failure {
    return object.has(key) ? number(key, min, max) : defaultValue;
  }

  /** Returns whether a key is there. */
  public boolean has(String key) {
    return object.has(key);
  }

  /** Returns the object of a key; empty if the key is absent. */
  public JsonObject object(String key) throws Failure {
    if (!object.has(key)) {
      return new JsonObject(STRICT.createObjectNode());
    }
    JsonNode value = value(key);
    if (!value.isObject()) {
      throw Failure.of(quoted(key) + " is not an object");
    }
    return new JsonObject(value);
  }

  /** Returns the text of a key, or a default if the key is absent. */
  public String text(String key, String defaultValue) throws Failure {
    return object.has(key) ? text(key) : defaultValue;
  }

  private JsonNode value(String key) throws Failure {
    JsonNode value = object.get(key);
    if (value == null) {
      throw Failure.of("lacks " + quoted(key));
    }
    return value;
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

  /** Writes an object as one line. A value is a text, a whole number, a boolean, or a list of them. */
  public static String write(Map<String, ?> values) {
    try {
      return STRICT.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a value of JSON: " + values, e);
    }
  }

  /** Writes an object as one line, with a last member whose value is JSON already. */
  public static String write(Map<String, ?> values, String lastKey, String lastJson) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put(lastKey, new RawValue(lastJson));
    return write(all);
  }
}

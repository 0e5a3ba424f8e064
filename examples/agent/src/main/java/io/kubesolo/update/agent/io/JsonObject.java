package io.kubesolo.update.agent.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A small JSON object whose values are texts, whole numbers, lists of texts or such objects. A key
 * whose value is {@code null} is absent.
 *
 * <p>It is read and written by Jackson's tokens, because the first {@code ObjectMapper} of a
 * process takes as long as a whole command.
 *
 * <p>Immutable.
 */
public final class JsonObject {
  private static final JsonFactory FACTORY = new JsonFactory();

  /**
   * A text, a {@code Long}, a {@code List} or {@code Map} of values; anything else is an
   * {@link Other}.
   */
  private final Map<String, Object> members;

  /** A value of another type, as it is written. */
  private record Other(String text) {}

  /** An object without keys. */
  public static final JsonObject EMPTY = new JsonObject(Map.of());

  private JsonObject(Map<String, Object> members) {
    this.members = members;
  }

  /** Reads an object. The failure says what is wrong with it, and does not name the file. */
  public static JsonObject parse(byte[] bytes) throws Failure {
    try (JsonParser json = FACTORY.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw Failure.of("is not a JSON object");
      }
      Map<String, Object> members = members(json);
      if (json.nextToken() != null) {
        throw Failure.of("has content after the end of its JSON object");
      }
      return new JsonObject(members);
    } catch (JsonProcessingException e) {
      throw Failure.of("is not JSON: " + where(e.getLocation()));
    } catch (IOException e) {
      throw Failure.of("is not JSON: " + e.getMessage());
    }
  }

  /** Reads the members of an object. A key that occurs twice is rejected, also if a value is null. */
  private static Map<String, Object> members(JsonParser json) throws IOException, Failure {
    Map<String, Object> members = new LinkedHashMap<>();
    Set<String> keys = new HashSet<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      if (!keys.add(key)) {
        throw Failure.of(
            "has %s twice: %s".formatted(quoted(key), where(json.currentTokenLocation())));
      }
      json.nextToken();
      if (json.currentToken() != JsonToken.VALUE_NULL) {
        members.put(key, value(json));
      }
    }
    return members;
  }

  private static Object value(JsonParser json) throws IOException, Failure {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT ->
        json.getNumberType() == NumberType.BIG_INTEGER
            ? new Other(json.getText())
            : json.getLongValue();
      case START_OBJECT -> members(json);
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(json));
        }
        yield elements;
      }
      default -> new Other(json.getText());
    };
  }

  private static String where(@Nullable JsonLocation place) {
    return place == null
        ? "malformed"
        : "line " + place.getLineNr() + ", column " + place.getColumnNr();
  }

  /** Returns the keys in alphabetical order. */
  public Set<String> keys() {
    return new TreeSet<>(members.keySet());
  }

  /** Returns the values of all but some keys, so that {@link #write} can write them again. */
  public Map<String, Object> without(Set<String> keys) {
    Map<String, Object> others = new LinkedHashMap<>(members);
    others.keySet().removeAll(keys);
    return others;
  }

  /** Returns the text of a key. */
  public String text(String key) throws Failure {
    if (!(value(key) instanceof String text)) {
      throw Failure.of(quoted(key) + " is not a text");
    }
    return text;
  }

  /** Returns the list of texts of a key. */
  public List<String> list(String key) throws Failure {
    List<String> texts = new ArrayList<>();
    if (value(key) instanceof List<?> elements) {
      for (Object element : elements) {
        if (element instanceof String text) {
          texts.add(text);
        }
      }
      if (texts.size() == elements.size()) {
        return texts;
      }
    }
    throw Failure.of(quoted(key) + " is not a list of texts");
  }

  /** Returns the whole number of a key, which must be in a range. */
  public long number(String key, long min, long max) throws Failure {
    if (!(value(key) instanceof Long number)) {
      throw Failure.of(quoted(key) + " is not a whole number");
    }
    if (number < min || number > max) {
      throw Failure.of("\"%s\" is %d; it must be %d to %d".formatted(key, number, min, max));
    }
    return number;
  }

  /** Returns the whole number of a key, or a default if the key is absent. */
  public long number(String key, long min, long max, long defaultValue) throws Failure {
    return has(key) ? number(key, min, max) : defaultValue;
  }

  /** Returns whether a key exists. */
  public boolean has(String key) {
    return members.containsKey(key);
  }

  /** Returns the object of a key; empty if the key is absent. */
  @SuppressWarnings("unchecked") // the keys of a map that was read are texts
  public JsonObject object(String key) throws Failure {
    if (!has(key)) {
      return EMPTY;
    }
    if (!(value(key) instanceof Map<?, ?> object)) {
      throw Failure.of(quoted(key) + " is not an object");
    }
    return new JsonObject((Map<String, Object>) object);
  }

  /** Returns the list of objects of a key; empty if the key is absent. */
  @SuppressWarnings("unchecked") // the keys of a map that was read are texts
  public List<JsonObject> objects(String key) throws Failure {
    if (!has(key)) {
      return List.of();
    }
    List<JsonObject> objects = new ArrayList<>();
    if (value(key) instanceof List<?> elements) {
      for (Object element : elements) {
        if (element instanceof Map<?, ?> object) {
          objects.add(new JsonObject((Map<String, Object>) object));
        }
      }
      if (objects.size() == elements.size()) {
        return objects;
      }
    }
    throw Failure.of(quoted(key) + " is not a list of objects");
  }

  /** Returns the text of a key, or a default if the key is absent. */
  public String text(String key, String defaultValue) throws Failure {
    return has(key) ? text(key) : defaultValue;
  }

  private Object value(String key) throws Failure {
    @Nullable Object value = members.get(key);
    if (value == null) {
      throw Failure.of("lacks " + quoted(key));
    }
    return value;
  }

  private static String quoted(String key) {
    return '"' + key + '"';
  }

  /**
   * Writes an object as one line. A value is a text, a number, a boolean, one that was read, or
   * a list or map of them.
   */
  public static String write(Map<String, ?> values) {
    return JsonLine.object(json -> writeMembers(json, values));
  }

  private static void writeMembers(JsonGenerator json, Map<?, ?> values) throws IOException {
    for (Map.Entry<?, ?> member : values.entrySet()) {
      json.writeFieldName(String.valueOf(member.getKey()));
      writeValue(json, member.getValue());
    }
  }

  private static void writeValue(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> object) {
      json.writeStartObject();
      writeMembers(json, object);
      json.writeEndObject();
    } else if (value instanceof List<?> elements) {
      json.writeStartArray();
      for (Object element : elements) {
        writeValue(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Other other) {
      json.writeRawValue(other.text());
    } else {
      json.writePOJO(value);
    }
  }
}

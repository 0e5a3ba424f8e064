package io.kubesolo.update.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small JSON object whose values are texts, whole numbers or lists of texts. Values of any other
 * kind are carried along as absent. Read by Jackson's tokens, without its data binding, which would
 * double a command's start-up.
 *
 * <p>Immutable.
 */
final class FlatJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Object OTHER_KIND = new Object();

  private final Map<String, Object> values;

  private FlatJson(Map<String, Object> values) {
    this.values = values;
  }

  /** Reads an object, or says in one line what is wrong with it. */
  static Either<String, FlatJson> parse(byte[] bytes) {
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Either.left("is not a JSON object");
      }
      Map<String, Object> values = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        values.put(key, value(parser, parser.nextToken()));
      }
      return parser.nextToken() == null
          ? Either.right(new FlatJson(values))
          : Either.left("goes on after its JSON object");
    } catch (JsonProcessingException e) {
      return Either.left("is not JSON: " + where(e));
    } catch (IOException e) {
      return Either.left("is not JSON: " + e.getMessage());
    }
  }

  private static Object value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT ->
        parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? OTHER_KIND
            : (Object) parser.getLongValue();
      case START_ARRAY -> texts(parser);
      default -> {
        parser.skipChildren();
        yield OTHER_KIND;
      }
    };
  }

  private static Object texts(JsonParser parser) throws IOException {
    List<String> texts = new ArrayList<>();
    boolean onlyTexts = true;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      onlyTexts &= token == JsonToken.VALUE_STRING;
      texts.add(parser.getText());
      parser.skipChildren();
    }
    return onlyTexts ? List.copyOf(texts) : OTHER_KIND;
  }

  private static String where(JsonProcessingException e) {
    String what = e.getOriginalMessage().lines().findFirst().orElse("malformed");
    return e.getLocation() == null
        ? what
        : "line %d, column %d: %s"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), what);
  }

  Set<String> keys() {
    return values.keySet();
  }

  Either<String, String> text(String key) {
    return typed(key, String.class, "a text");
  }

  Either<String, List<String>> list(String key) {
    return typed(key, List.class, "a list of texts").map(list -> {
      @SuppressWarnings("unchecked") // texts() lets no other list pass
      List<String> texts = (List<String>) list;
      return texts;
    });
  }

  Either<String, Long> number(String key, long min, long max) {
    return typed(key, Long.class, "a whole number")
        .filterOrElse(
            number -> number >= min && number <= max,
            number -> "\"%s\" is %d; it must be %d to %d".formatted(key, number, min, max));
  }

  /** A number, or what it is where the key is absent. */
  Either<String, Long> number(String key, long min, long max, long otherwise) {
    return values.containsKey(key) ? number(key, min, max) : Either.right(otherwise);
  }

  private <T> Either<String, T> typed(String key, Class<T> type, String kind) {
    Option<Object> value = Option.of(values.get(key));
    if (value.isEmpty()) {
      return Either.left("lacks \"" + key + "\"");
    }
    return type.isInstance(value.get())
        ? Either.right(type.cast(value.get()))
        : Either.left("\"" + key + "\" is not " + kind);
  }

  /** Writes an object on one line. A value is a text, a whole number, a boolean, or a list of them. */
  static String write(Map<String, ?> values) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      generator.writeStartObject();
      for (Map.Entry<String, ?> entry : values.entrySet()) {
        generator.writeFieldName(entry.getKey());
        writeValue(generator, entry.getValue());
      }
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return text.toString();
  }

  private static void writeValue(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof List<?> list) {
      generator.writeStartArray();
      for (Object element : list) {
        generator.writeObject(element);
      }
      generator.writeEndArray();
    } else {
      generator.writeObject(value);
    }
  }
}

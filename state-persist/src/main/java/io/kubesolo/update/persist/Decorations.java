package io.kubesolo.update.persist;

import static com.fasterxml.jackson.core.JsonToken.END_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.FIELD_NAME;
import static com.fasterxml.jackson.core.JsonToken.START_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NULL;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads the parts of a state file that only decorate it, each as a whole or not at all. */
final class Decorations {
  private static final double MAX_UPTIME_SECONDS = Boot.MAX_UPTIME.toSeconds();

  private Decorations() {}

  /** The value is not of the shape it should have. */
  static final class Mistyped extends Exception {
    private static final long serialVersionUID = 1L;

    Mistyped(String message) {
      super(message, null, false, false);
    }
  }

  static Boot boot(JsonParser json) throws IOException, Mistyped {
    require(json.currentToken() == START_OBJECT, "it is not an object");
    String id = "";
    double uptime = -1;
    while (json.nextToken() == FIELD_NAME) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      if (key.equals("id")) {
        id = text(json, key);
      } else if (key.equals("uptime_s")) {
        require(value.isNumeric(), "uptime_s is not a number");
        uptime = json.getDoubleValue();
      } else {
        json.skipChildren();
      }
    }
    require(!id.isBlank(), "it has no id");
    require(uptime >= 0 && uptime <= MAX_UPTIME_SECONDS, "it has no uptime_s that can be one");
    return new Boot(id, Duration.ofMillis(Math.round(uptime * 1000)));
  }

  static List<String> versions(JsonParser json) throws IOException, Mistyped {
    require(json.currentToken() == START_ARRAY, "it is not an array");
    List<String> versions = new ArrayList<>();
    while (json.nextToken() != END_ARRAY) {
      versions.add(text(json, "a version"));
    }
    return versions;
  }

  static List<HistoryEntry> history(JsonParser json) throws IOException, Mistyped {
    require(json.currentToken() == START_ARRAY, "it is not an array");
    List<HistoryEntry> entries = new ArrayList<>();
    while (json.nextToken() != END_ARRAY) {
      entries.add(entry(json));
    }
    return entries;
  }

  private static HistoryEntry entry(JsonParser json) throws IOException, Mistyped {
    require(json.currentToken() == START_OBJECT, "an entry is not an object");
    Option<Instant> at = Option.none();
    String event = "";
    String from = "";
    String to = "";
    Option<String> toVersion = Option.none();
    Option<String> error = Option.none();
    while (json.nextToken() == FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "at" -> at = Option.some(time(json));
        case "event" -> event = text(json, key);
        case "from" -> from = text(json, key);
        case "to" -> to = text(json, key);
        case "to_version" -> toVersion = optionalText(json, key);
        case "error" -> error = optionalText(json, key);
        default -> json.skipChildren();
      }
    }
    require(
        at.isDefined() && !event.isEmpty() && !from.isEmpty() && !to.isEmpty(),
        "an entry lacks at, event, from or to");
    return new HistoryEntry(at.get(), event, from, to, toVersion, error);
  }

  private static Instant time(JsonParser json) throws IOException, Mistyped {
    Either<String, Instant> instant = Rfc3339.parse(text(json, "at"));
    require(instant.isRight(), "at is no RFC 3339 time");
    return instant.get();
  }

  private static Option<String> optionalText(JsonParser json, String key)
      throws IOException, Mistyped {
    return json.currentToken() == VALUE_NULL ? Option.none() : Option.some(text(json, key));
  }

  private static String text(JsonParser json, String key) throws IOException, Mistyped {
    require(json.currentToken() == VALUE_STRING, key + " is not text");
    return wellFormed(json.getText());
  }

  private static void require(boolean holds, String otherwise) throws Mistyped {
    if (!holds) {
      throw new Mistyped(otherwise);
    }
  }

  /** The text with U+FFFD for each lone surrogate, which JSON can escape and UTF-8 cannot hold. */
  static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int character = text.codePointAt(i);
      if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
        repaired = repaired == null ? new StringBuilder(text) : repaired;
        repaired.setCharAt(i, '\uFFFD');
      }
    }
    return repaired == null ? text : repaired.toString();
  }

  /** The elements of a JSON array that is known to be well-formed, each to the letter on one line. */
  static List<String> elements(char[] source, int start, int end) {
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    int depth = 0;
    int next = start + 1;
    while (next < end - 1) {
      int at = next;
      char character = source[at];
      next = character == '"' ? closingQuote(source, at) + 1 : at + 1;
      if (character == '"') {
        element.append(source, at, next - at);
      } else if (character == ',' && depth == 0) {
        elements.add(element.toString());
        element.setLength(0);
      } else if (!isWhiteSpace(character)) {
        depth += character == '{' || character == '[' ? 1 : 0;
        depth -= character == '}' || character == ']' ? 1 : 0;
        element.append(character);
        if (character == ',' || character == ':') {
          element.append(' ');
        }
      }
    }
    if (!element.isEmpty()) {
      elements.add(element.toString());
    }
    return elements;
  }

  /** Where a string ends that starts at a quote. */
  static int closingQuote(char[] source, int open) {
    int close = open + 1;
    while (source[close] != '"') {
      close += source[close] == '\\' ? 2 : 1;
    }
    return close;
  }

  private static boolean isWhiteSpace(char character) {
    return character == ' ' || character == '\n' || character == '\r' || character == '\t';
  }
}

package io.kubesolo.update.persist;

import static com.fasterxml.jackson.core.JsonToken.FIELD_NAME;
import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NULL;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NUMBER_INT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one state file. What matters is read strictly, and the first thing wrong with it is
 * reported with its place; what only decorates ({@code boot}, {@code rolled_back_versions}, {@code
 * history}) is left out with a warning where it is mistyped.
 */
final class StateReader {
  /** The size of the largest file that is read or written, in bytes. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_DEPTH = 1000;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final String[] STRICT_KEYS = {
    "phase",
    "from_version",
    "to_version",
    "started_at",
    "updated_at",
    "last_error",
    "attempt_count",
    "revision"
  };
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNumberLength(MAX_BYTES)
          .maxStringLength(MAX_BYTES)
          .maxNameLength(MAX_BYTES)
          .build())
      .build();

  private final char[] source;
  private final JsonParser json;
  private final List<String> warnings = new ArrayList<>(0);
  private final List<String> unknown = new ArrayList<>(0);

  private @Nullable Phase phase;
  private Option<String> fromVersion = Option.none();
  private Option<String> toVersion = Option.none();
  private Option<Instant> startedAt = Option.none();
  private Option<Instant> updatedAt = Option.none();
  private Option<String> lastError = Option.none();
  private long attemptCount;
  private long revision;
  private Option<Boot> boot = Option.none();
  private List<String> rolledBackVersions = List.of();
  private List<HistoryEntry> history = List.of();
  private List<String> written = List.of();

  private StateReader(char[] source, JsonParser json) {
    this.source = source;
    this.json = json;
  }

  /** Reads a file, or says what is wrong with it, on one line and without its path. */
  static Either<String, Document> read(byte[] bytes) {
    if (bytes.length == 0) {
      return Either.left("the file is empty");
    }
    if (isZeroFilled(bytes)) {
      return Either.left("the file is filled with zeros, as after a power cut");
    }
    return decode(bytes)
        .filterOrElse(
            text -> text[0] != BYTE_ORDER_MARK,
            text -> "begins with a byte order mark, which JSON does not have")
        .flatMap(StateReader::parse);
  }

  private static boolean isZeroFilled(byte[] bytes) {
    for (byte each : bytes) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private static Either<String, char[]> decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      return Either.left("not UTF-8 at byte " + (in.position() + 1));
    }
    char[] text = new char[out.position()];
    out.flip().get(text);
    return Either.right(text);
  }

  private static Either<String, Document> parse(char[] source) {
    try (JsonParser json = JSON.createParser(source)) {
      return Either.right(new StateReader(source, json).document());
    } catch (StreamConstraintsException e) {
      return Either.left("nested more than " + MAX_DEPTH + " deep");
    } catch (Wrong e) {
      return Either.left(oneLine(e.getOriginalMessage()) + place(e));
    } catch (JsonProcessingException e) {
      String problem = endsEarly(e)
          ? "the JSON ends too early, as if cut off"
          : "not JSON: " + oneLine(e.getOriginalMessage());
      return Either.left(problem + place(e));
    } catch (IOException e) {
      return Either.left(IoErrorText.of(e));
    }
  }

  /** Jackson has a class for the end of input too, and does not always throw it. */
  private static boolean endsEarly(JsonProcessingException e) {
    return e.getOriginalMessage().startsWith("Unexpected end-of-input");
  }

  private Document document() throws IOException {
    readObject();
    if (phase == null) {
      throw wrong("there is no phase");
    }
    UpdateState state = UpdateState.builder()
        .phase(phase)
        .fromVersion(fromVersion)
        .toVersion(toVersion)
        .startedAt(startedAt)
        .updatedAt(updatedAt)
        .lastError(lastError)
        .attemptCount(attemptCount)
        .revision(revision)
        .boot(boot)
        .rolledBackVersions(rolledBackVersions)
        .history(history)
        .build();
    warnings.addAll(state.violations());
    return new Document(state, warnings, unknown, written);
  }

  private void readObject() throws IOException {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw new Wrong(json, "the file holds only white space", json.currentLocation());
    }
    if (first != START_OBJECT) {
      throw wrong("not a JSON object");
    }
    Set<String> seen = new HashSet<>();
    while (json.nextToken() == FIELD_NAME) {
      String key = json.currentName();
      if (!seen.add(key)) {
        throw wrong("duplicate key " + StateJson.quote(key));
      }
      int start = tokenStart();
      json.nextToken();
      member(key, start);
    }
    requireEnd();
  }

  private void requireEnd() throws IOException {
    String trailing = "there is content after the end of the object";
    boolean ended;
    try {
      ended = json.nextToken() == null;
    } catch (JsonParseException e) {
      throw new Wrong(json, trailing, e.getLocation());
    }
    if (!ended) {
      throw wrong(trailing);
    }
  }

  private void member(String key, int start) throws IOException {
    switch (key) {
      case "phase" -> phase = phase();
      case "from_version" -> fromVersion = text(key);
      case "to_version" -> toVersion = text(key);
      case "started_at" -> startedAt = time(key);
      case "updated_at" -> updatedAt = time(key);
      case "last_error" -> lastError = text(key);
      case "attempt_count" -> attemptCount = count(key);
      case "revision" -> revision = count(key);
      case "boot", "rolled_back_versions", "history" -> decoration(key);
      default -> unknown(key, start);
    }
  }

  private Phase phase() throws IOException {
    String name = text("phase").getOrElse("");
    if (name.isEmpty()) {
      throw wrong("there is no phase");
    }
    Option<Phase> known = Phase.ofWireName(name);
    if (known.isEmpty()) {
      throw wrong("unknown phase " + StateJson.quote(name));
    }
    return known.get();
  }

  private Option<String> text(String key) throws IOException {
    if (json.currentToken() == VALUE_NULL) {
      return Option.none();
    }
    require(VALUE_STRING, key, "text");
    String text = json.getText();
    String repaired = Decorations.wellFormed(text);
    if (!repaired.equals(text)) {
      warnings.add(key + " held half a character, which is read as U+FFFD");
    }
    return Option.some(repaired);
  }

  private Option<Instant> time(String key) throws IOException {
    if (json.currentToken() == VALUE_NULL) {
      return Option.none();
    }
    require(VALUE_STRING, key, "a time");
    Either<String, Instant> instant = Rfc3339.parse(json.getText());
    if (instant.isLeft()) {
      throw wrong(key + " " + instant.getLeft());
    }
    return instant.toOption();
  }

  private long count(String key) throws IOException {
    if (json.currentToken() == VALUE_NULL) {
      return 0;
    }
    require(VALUE_NUMBER_INT, key, "a whole number");
    if (json.getText().startsWith("-") && !json.getText().equals("-0")) {
      throw wrong(key + " is negative");
    }
    if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw wrong(key + " is larger than " + Long.MAX_VALUE);
    }
    return json.getLongValue();
  }

  private void require(JsonToken type, String key, String name) throws IOException {
    if (json.currentToken() != type) {
      throw wrong(key + " is not " + name);
    }
  }

  /** Go's reader takes a key in another case for the same key, so this one must not pass it by. */
  private void unknown(String key, int start) throws IOException {
    for (String strict : STRICT_KEYS) {
      if (strict.equalsIgnoreCase(key)) {
        throw wrong("key %s differs from %s only in case".formatted(StateJson.quote(key), strict));
      }
    }
    String name = new String(source, start, Decorations.closingQuote(source, start) + 1 - start);
    unknown.add(name + ": " + value());
  }

  /** The present value to the letter; leaves the parser at its end. */
  private String value() throws IOException {
    int start = tokenStart();
    json.skipChildren();
    json.finishToken();
    return new String(source, start, (int) json.currentLocation().getCharOffset() - start);
  }

  /** What cannot be understood here is left out, for decoration never stops an update. */
  private void decoration(String key) throws IOException {
    if (json.currentToken() == VALUE_NULL) {
      return;
    }
    int start = tokenStart();
    try (TokenBuffer kept = new TokenBuffer(json)) {
      kept.copyCurrentStructure(json);
      int end = (int) json.currentLocation().getCharOffset();
      decorate(key, kept, start, end);
    } catch (Decorations.Mistyped e) {
      warnings.add(key + " is left out: " + e.getMessage());
    }
  }

  private void decorate(String key, TokenBuffer kept, int start, int end)
      throws IOException, Decorations.Mistyped {
    try (JsonParser value = kept.asParser()) {
      value.nextToken();
      switch (key) {
        case "boot" -> boot = Option.some(Decorations.boot(value));
        case "history" -> {
          history = Decorations.history(value);
          written = Decorations.elements(source, start, end);
        }
        default -> rolledBackVersions = Decorations.versions(value);
      }
    }
  }

  private int tokenStart() {
    return (int) json.currentTokenLocation().getCharOffset();
  }

  private Wrong wrong(String what) {
    return new Wrong(json, what, json.currentTokenLocation());
  }

  /** JSON, but no state. */
  private static final class Wrong extends JsonParseException {
    private static final long serialVersionUID = 1L;

    Wrong(JsonParser json, String what, JsonLocation where) {
      super(json, what, where);
    }
  }

  private static String place(JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    return place == null
        ? ""
        : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
  }

  private static String oneLine(String message) {
    return message.replaceAll("[\\p{Cc}\u2028\u2029]", " ");
  }
}

package io.kubesolo.update.persist;

import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NULL;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NUMBER_INT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.Decorations.BootAnd;
import io.kubesolo.update.persist.JsonText.InvalidState;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one state file. What an update depends on is read strictly, and the first error is reported
 * with its place. What cannot be read of {@code boot}, {@code rolled_back_versions} and {@code
 * history} is a warning, and is kept as it is.
 */
final class StateReader {
  /** The size of the largest file that is read or written, in bytes. */
  static final int MAX_BYTES = 1 << 20;

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
  private final JsonText json;
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
  private BootAnd boot = new BootAnd(Option.none(), BootMember.NONE);
  private Entries<String> versions = new Entries<>(List.of(), true);
  private Entries<HistoryEntry> history = new Entries<>(List.of(), true);

  private StateReader(JsonText json) {
    this.json = json;
  }

  /** Reads a file, or says what is wrong with it, on one line and without its path. */
  static Either<String, Document> read(byte[] bytes) {
    if (bytes.length == 0) {
      return Either.left("the file is empty");
    }
    if (isZeroFilled(bytes)) {
      return Either.left("the file is filled with zeros, as after a power loss");
    }
    Either<String, char[]> text = decode(bytes);
    if (text.isLeft()) {
      return Either.left(text.getLeft());
    }
    return text.get()[0] == BYTE_ORDER_MARK
        ? Either.left("begins with a byte order mark, which JSON does not have")
        : parse(text.get());
  }

  /**
   * Returns the last whole array that follows the key {@code rolled_back_versions} in a file
   * that may be invalid: bytes that are not UTF-8 are replaced, and the JSON around the array
   * is ignored.
   */
  static Option<Entries<String>> salvagedVersions(byte[] bytes) {
    // Compiled here, because as a constant it would cost each start of a process some time.
    Pattern arrayAfterKey = Pattern.compile("[ \\t\\r\\n]*:[ \\t\\r\\n]*\\[");
    String text = new String(bytes, StandardCharsets.UTF_8);
    String key = "\"rolled_back_versions\"";
    int end = text.length();
    for (int at = text.lastIndexOf(key); at >= 0; at = text.lastIndexOf(key, at - 1)) {
      if (at + key.length() > end) {
        // It shares a quote with the key of the list behind it.
        continue;
      }
      Matcher value = arrayAfterKey.matcher(text).region(at + key.length(), end);
      if (value.lookingAt()) {
        Option<Entries<String>> versions = wholeArray(text.substring(value.end() - 1, end));
        if (versions.isDefined()) {
          return versions;
        }
        // A list before this one ends before it, so no part of the text is parsed twice.
        end = at;
      }
    }
    return Option.none();
  }

  private static Option<Entries<String>> wholeArray(String text) {
    try (JsonText json = new JsonText(text.toCharArray())) {
      json.next();
      return Option.some(Decorations.versions(json));
    } catch (IOException e) {
      return Option.none();
    }
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
    try (JsonText json = new JsonText(source)) {
      return Either.right(new StateReader(json).document());
    } catch (StreamConstraintsException e) {
      return Either.left("nested more than " + JsonText.MAX_DEPTH + " deep");
    } catch (InvalidState e) {
      return Either.left(IoErrorText.oneLine(e.getOriginalMessage()) + place(e));
    } catch (JsonProcessingException e) {
      String problem = endsEarly(e)
          ? "the JSON ends too early, as if cut off"
          : "not JSON: " + IoErrorText.oneLine(e.getOriginalMessage());
      return Either.left(problem + place(e));
    } catch (IOException e) {
      return Either.left(IoErrorText.of(e));
    }
  }

  /**
   * Returns whether the input ends early. Jackson has a class of exception for that, but does not
   * always throw it.
   */
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
        .boot(boot.boot())
        .rolledBackVersions(versions.values())
        .history(history.values())
        .build();
    return Document.of(state, warnings, unknown, boot.member(), versions, history);
  }

  private void readObject() throws IOException {
    json.requireWholeKeys();
    JsonToken first = json.next();
    if (first == null) {
      throw json.invalidHere("the file holds only white space");
    }
    if (first != START_OBJECT) {
      throw wrong("not a JSON object");
    }
    Set<String> seen = new HashSet<>();
    while (json.nextMember()) {
      String key = json.key();
      if (!seen.add(key)) {
        throw wrong("duplicate key " + StateJson.quote(key));
      }
      String writtenKey = json.writtenKey();
      json.next();
      member(key, writtenKey);
    }
    requireEnd();
  }

  /**
   * Checks the end itself, because versions of Jackson name different places of the token there.
   */
  private void requireEnd() throws IOException {
    if (!json.isLast()) {
      throw json.invalidBehind("there is content after the end of the object");
    }
  }

  private void member(String key, String writtenKey) throws IOException {
    switch (key) {
      case "phase" -> phase = phase();
      case "from_version" -> fromVersion = text(key);
      case "to_version" -> toVersion = text(key);
      case "started_at" -> startedAt = time(key);
      case "updated_at" -> updatedAt = time(key);
      case "last_error" -> lastError = text(key);
      case "attempt_count" -> attemptCount = count(key);
      case "revision" -> revision = count(key);
      case "boot" -> boot = isNull() ? boot : Decorations.boot(json);
      case "rolled_back_versions" -> versions = isNull() ? versions : Decorations.versions(json);
      case "history" -> history = isNull() ? history : Decorations.history(json);
      default -> unknown(key, writtenKey);
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
    if (isNull()) {
      return Option.none();
    }
    require(VALUE_STRING, key, "text");
    String text = json.scalar();
    String repaired = Decorations.wellFormed(text);
    if (!repaired.equals(text)) {
      warnings.add(key + " held a lone surrogate, which is read as U+FFFD");
    }
    return Option.some(repaired);
  }

  private Option<Instant> time(String key) throws IOException {
    if (isNull()) {
      return Option.none();
    }
    require(VALUE_STRING, key, "a time");
    Either<String, Instant> instant = Rfc3339.parse(json.scalar());
    if (instant.isLeft()) {
      throw wrong(key + " " + instant.getLeft());
    }
    return instant.toOption();
  }

  private long count(String key) throws IOException {
    if (isNull()) {
      return 0;
    }
    require(VALUE_NUMBER_INT, key, "a whole number");
    String digits = json.scalar();
    if (digits.startsWith("-") && !digits.equals("-0")) {
      throw wrong(key + " is negative");
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw wrong(key + " is larger than " + Long.MAX_VALUE);
    }
  }

  private boolean isNull() {
    return json.token() == VALUE_NULL;
  }

  private void require(JsonToken type, String key, String name) throws IOException {
    if (json.token() != type) {
      throw wrong(key + " is not " + name);
    }
  }

  /**
   * Keeps a member. Refuses a key that Go's reader takes for one of ours because it ignores case.
   */
  private void unknown(String key, String writtenKey) throws IOException {
    for (String strict : STRICT_KEYS) {
      if (strict.equalsIgnoreCase(key)) {
        throw wrong("key %s differs from %s only in case".formatted(StateJson.quote(key), strict));
      }
    }
    unknown.add(writtenKey + ": " + json.written(JsonText.MAX_DEPTH));
  }

  private InvalidState wrong(String what) {
    return json.invalid(what);
  }

  private static String place(JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    return place == null
        ? ""
        : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
  }
}

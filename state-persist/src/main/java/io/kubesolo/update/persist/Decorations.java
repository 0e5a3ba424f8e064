package io.kubesolo.update.persist;

import static com.fasterxml.jackson.core.JsonToken.END_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NULL;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;
import static io.kubesolo.update.persist.JsonText.MAX_DEPTH;

import com.fasterxml.jackson.core.JsonToken;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.persist.Entries.Entry;
import io.vavr.control.Option;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code boot}, {@code rolled_back_versions} and {@code history}, which never stop an update:
 * what cannot be read of them is kept as it is.
 */
final class Decorations {
  private static final double MAX_UPTIME_SECONDS = Boot.MAX_UPTIME.toSeconds();
  private static final Set<String> BOOT_KEYS = Set.of("id", "uptime_s");
  private static final Set<String> ENTRY_KEYS =
      Set.of("at", "event", "from", "to", "to_version", "error");

  /** The key under which a {@code boot} that cannot be read is kept within the next one. */
  private static final String UNREADABLE = "unreadable";

  /** A value that is moved into an array or object to keep it is one level deeper then. */
  private static final int MAX_DEPTH_BEFORE_KEPT = MAX_DEPTH - 1;

  private Decorations() {}

  /** The value does not have the type or content that it should have. */
  private static final class Mistyped extends Exception {
    private static final long serialVersionUID = 1L;

    Mistyped(String message) {
      super(message, null, false, false);
    }
  }

  /** Reads one entry of a list, and moves to its end. */
  private interface Reader<T> {
    Entry<T> read(JsonText json, int maxDepth) throws IOException;
  }

  static Entries<String> versions(JsonText json) throws IOException {
    return entries(json, Decorations::version);
  }

  static Entries<HistoryEntry> history(JsonText json) throws IOException {
    return entries(json, Decorations::entry);
  }

  private static <T> Entries<T> entries(JsonText json, Reader<T> reader) throws IOException {
    if (json.token() != START_ARRAY) {
      Entry<T> only = reader.read(json, MAX_DEPTH_BEFORE_KEPT);
      return only.value().isDefined()
          ? new Entries<>(List.of(only), true)
          : new Entries<>(List.of(Entry.unreadable(only.text(), "it is not an array")), false);
    }
    List<Entry<T>> all = new ArrayList<>();
    while (json.next() != END_ARRAY) {
      all.add(reader.read(json, MAX_DEPTH));
    }
    return new Entries<>(all, true);
  }

  private static Entry<String> version(JsonText json, int maxDepth) throws IOException {
    if (json.token() != VALUE_STRING) {
      return Entry.unreadable(json.written(maxDepth), "it is not text");
    }
    String version = json.scalar();
    return version.equals(wellFormed(version))
        ? Entry.read(version, StateJson.quote(version))
        : Entry.unreadable(json.written(maxDepth), "it holds a lone surrogate");
  }

  private static Entry<HistoryEntry> entry(JsonText json, int maxDepth) throws IOException {
    if (json.token() != START_OBJECT) {
      return Entry.unreadable(json.written(maxDepth), "it is not an object");
    }
    int start = json.start();
    Members members = members(json, ENTRY_KEYS, maxDepth);
    int end = json.end();
    try {
      return Entry.read(entry(members), json.oneLine(start, end));
    } catch (Mistyped e) {
      return Entry.unreadable(json.between(start, end), String.valueOf(e.getMessage()));
    }
  }

  private static HistoryEntry entry(Members members) throws Mistyped {
    Option<String> at = members.text("at");
    Option<String> event = members.text("event");
    Option<String> from = members.text("from");
    Option<String> to = members.text("to");
    Option<String> toVersion = members.optionalText("to_version");
    Option<String> error = members.optionalText("error");
    Option<Instant> instant =
        at.isEmpty() ? Option.none() : Rfc3339.parse(at.get()).toOption();
    require(at.isEmpty() || instant.isDefined(), "at is not an RFC 3339 time");
    require(
        instant.isDefined() && isNotEmpty(event) && isNotEmpty(from) && isNotEmpty(to),
        "it lacks at, event, from or to");
    return new HistoryEntry(instant.get(), event.get(), from.get(), to.get(), toVersion, error);
  }

  private static boolean isNotEmpty(Option<String> text) {
    return text.isDefined() && !text.get().isEmpty();
  }

  /** Reads the member {@code boot}: what it means, if that can be read, and what else it holds. */
  static BootAnd boot(JsonText json) throws IOException {
    if (json.token() != START_OBJECT) {
      String text = json.written(MAX_DEPTH_BEFORE_KEPT);
      return BootAnd.unreadable(text, "it is not an object", List.of(kept(text)));
    }
    int start = json.start();
    Members members = members(json, BOOT_KEYS, MAX_DEPTH_BEFORE_KEPT);
    String text = json.between(start, json.end());
    try {
      return new BootAnd(Option.some(boot(members)), BootMember.read(members.others));
    } catch (Mistyped e) {
      boolean replaced = !members.known.isEmpty() && !members.kept;
      return BootAnd.unreadable(
          text, String.valueOf(e.getMessage()), replaced ? List.of(kept(text)) : members.others);
    }
  }

  private static String kept(String text) {
    return StateJson.quote(UNREADABLE) + ": " + text;
  }

  private static Boot boot(Members members) throws Mistyped {
    Option<String> id = members.text("id");
    require(id.isDefined() && !id.get().isBlank(), BootMember.NO_ID);
    double uptime = members.number("uptime_s").getOrElse(-1.0);
    require(uptime >= 0 && uptime <= MAX_UPTIME_SECONDS, "it has no valid uptime_s");
    return new Boot(id.get(), Duration.ofMillis(Math.round(uptime * 1000)));
  }

  /** A boot that was read, and the other members of its object. */
  record BootAnd(Option<Boot> boot, BootMember member) {
    private static BootAnd unreadable(String text, String problem, List<String> others) {
      return new BootAnd(Option.none(), BootMember.unreadable(text, problem, others));
    }
  }

  private static Members members(JsonText json, Set<String> keys, int maxDepth) throws IOException {
    json.requireDepth(maxDepth);
    Members members = new Members();
    while (json.nextMember()) {
      String key = json.key();
      String writtenKey = json.writtenKey();
      json.next();
      if (keys.contains(key)) {
        JsonToken type = json.token();
        members.put(key, new Value(type, type.isScalarValue() ? json.scalar() : ""));
        json.skip(maxDepth);
      } else {
        boolean kept = key.equals(UNREADABLE);
        members.kept |= kept;
        members.others.add(writtenKey + ": " + json.written(kept ? MAX_DEPTH : maxDepth));
      }
    }
    return members;
  }

  private record Value(JsonToken type, String text) {}

  /** The members of an object: the values of the keys that are looked for, and the others' text. */
  private static final class Members {
    final Map<String, Value> known = new HashMap<>();
    final List<String> others = new ArrayList<>(0);
    final List<String> twice = new ArrayList<>(0);
    boolean kept;

    void put(String key, Value value) {
      if (known.put(key, value) != null) {
        twice.add(key);
      }
    }

    /** Returns a text; none if it is missing or null. */
    Option<String> optionalText(String key) throws Mistyped {
      Value found = value(key);
      return found != null && found.type == VALUE_NULL ? Option.none() : text(key);
    }

    /** Returns a text; none if it is missing. */
    Option<String> text(String key) throws Mistyped {
      Value found = value(key);
      if (found == null) {
        return Option.none();
      }
      require(found.type == VALUE_STRING, key + " is not text");
      return Option.some(wellFormed(found.text));
    }

    /** Returns the double nearest to a number; none if it is missing. */
    Option<Double> number(String key) throws Mistyped {
      Value found = value(key);
      if (found == null) {
        return Option.none();
      }
      require(found.type.isNumeric(), key + " is not a number");
      return Option.some(Double.parseDouble(found.text));
    }

    private @Nullable Value value(String key) throws Mistyped {
      require(!twice.contains(key), key + " is there twice");
      return known.get(key);
    }
  }

  private static void require(boolean holds, String otherwise) throws Mistyped {
    if (!holds) {
      throw new Mistyped(otherwise);
    }
  }

  /** Replaces each lone surrogate by U+FFFD: JSON can escape one, and UTF-8 cannot hold it. */
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
}

package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * States, and the other records of state-core, as JSON. {@link #of(UpdateState) of} is the call
 * for a log, an answer of a server or a message: one line, with the names of the state file and
 * of replays.
 *
 * <p>Safe for use by several threads.
 */
public final class StateJson {
  private static final CharacterEscapes ESCAPES = new Escapes();

  private static final JsonFactory JSON = new JsonFactoryBuilder()
      .characterEscapes(ESCAPES)
      .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
      .build();

  /** Each member of the outermost object on a line; what is inside it on the line of its member. */
  private static final PrettyPrinter LINES = new Spaced(true);

  private static final PrettyPrinter ONE_LINE = new Spaced(false);

  private StateJson() {}

  /**
   * Writes a state on one line, with the members of the state file.
   *
   * @param state the state
   * @return a JSON object
   */
  public static String of(UpdateState state) {
    Document document = Document.of(state);
    return write(ONE_LINE, json -> {
      json.writeStartObject();
      writeMembers(json, document, document.history().onOneLine());
      json.writeEndObject();
    });
  }

  /**
   * Writes an entry of the history on one line.
   *
   * @param entry the entry
   * @return a JSON object
   */
  public static String of(HistoryEntry entry) {
    return write(ONE_LINE, json -> {
      json.writeStartObject();
      json.writeStringField("at", Rfc3339.format(entry.at()));
      json.writeStringField("event", entry.event());
      json.writeStringField("from", entry.from());
      json.writeStringField("to", entry.to());
      writeText(json, "to_version", entry.toVersion());
      writeText(json, "error", entry.error());
      json.writeEndObject();
    });
  }

  /**
   * Writes an event on one line, with the values that it carries: a line that the command {@code
   * replay} reads.
   *
   * @param event the event
   * @return a JSON object
   */
  public static String of(UpdateEvent event) {
    return write(ONE_LINE, json -> RecordJson.write(json, event));
  }

  /**
   * Writes a transition on one line: the event, and the states before and after it without
   * their histories.
   *
   * @param transition the transition
   * @return a JSON object
   */
  public static String of(Transition transition) {
    return write(ONE_LINE, json -> RecordJson.write(json, transition));
  }

  /**
   * Writes a rejection on one line: {@code reason}, which is its kind, {@code message}, and
   * its values.
   *
   * @param rejection the rejection
   * @return a JSON object
   */
  public static String of(Rejection rejection) {
    return write(ONE_LINE, json -> RecordJson.write(json, rejection));
  }

  /**
   * Writes a state as a whole state file.
   *
   * @param state the state
   * @return the bytes of the file
   */
  public static byte[] encode(UpdateState state) {
    return encode(Document.of(state));
  }

  static byte[] encode(Document document) {
    String text = write(LINES, json -> {
      json.writeStartObject();
      writeMembers(json, document, document.history().onLines());
      for (String member : document.unknown()) {
        json.writeRaw(",\n  ");
        json.writeRaw(member);
      }
      json.writeEndObject();
      json.writeRaw('\n');
    });
    return text.getBytes(UTF_8);
  }

  /**
   * Writes the members that the agents of every version know, and the revision, on one line.
   *
   * @param state the state
   * @return a JSON object
   */
  public static String brief(UpdateState state) {
    return write(null, json -> {
      json.writeStartObject();
      writeSharedMembers(json, state);
      json.writeEndObject();
    });
  }

  /**
   * Writes a history, an entry a line.
   *
   * @param entries the entries
   * @return a JSON array
   */
  public static String history(List<HistoryEntry> entries) {
    StringJoiner lines = new StringJoiner(",\n  ", "[\n  ", "\n]").setEmptyValue("[]");
    entries.forEach(entry -> lines.add(of(entry)));
    return lines.toString();
  }

  /**
   * Reads a timestamp in the format of the state file: RFC 3339, in the years 0000 to 9999, with at
   * most nine digits of a second, of any offset.
   *
   * @param text the timestamp
   * @return the instant, or what is wrong with the text
   */
  public static Either<String, Instant> instant(String text) {
    return Rfc3339.parse(text);
  }

  /**
   * Returns the escapes of the state file, for other JSON that a terminal may show: the control
   * characters of ASCII and Latin-1 are written as {@code \}{@code u00xx}, but tab, newline and
   * carriage return in their short form.
   *
   * @return the escapes
   */
  public static CharacterEscapes escapes() {
    return ESCAPES;
  }

  /** Writes a text as a JSON string, in its quotes. */
  static String quote(String text) {
    return write(null, json -> json.writeString(text));
  }

  private static void writeMembers(JsonGenerator json, Document document, String history)
      throws IOException {
    writeSharedMembers(json, document.state());
    writeBoot(json, document);
    if (!document.versions().all().isEmpty()) {
      json.writeFieldName("rolled_back_versions");
      json.writeRawValue(document.versions().onOneLine());
    }
    json.writeFieldName("history");
    json.writeRawValue(history);
  }

  /** Writes the members that the agents of every version know, and the revision. */
  static void writeSharedMembers(JsonGenerator json, UpdateState state) throws IOException {
    json.writeStringField("phase", state.phase().wireName());
    writeText(json, "from_version", state.fromVersion());
    writeText(json, "to_version", state.toVersion());
    writeTime(json, "started_at", state.startedAt());
    writeTime(json, "updated_at", state.updatedAt());
    writeText(json, "last_error", state.lastError());
    json.writeNumberField("attempt_count", state.attemptCount());
    json.writeNumberField("revision", state.revision());
  }

  private static void writeText(JsonGenerator json, String key, Option<String> text)
      throws IOException {
    if (text.isDefined()) {
      json.writeStringField(key, text.get());
    }
  }

  private static void writeTime(JsonGenerator json, String key, Option<Instant> time)
      throws IOException {
    json.writeStringField(key, Rfc3339.format(time.getOrElse(UpdateState.NEVER)));
  }

  private static void writeBoot(JsonGenerator json, Document document) throws IOException {
    BootMember member = document.boot();
    if (document.state().boot().isDefined()) {
      Boot boot = document.state().boot().get();
      json.writeObjectFieldStart("boot");
      json.writeStringField("id", boot.id());
      json.writeFieldName("uptime_s");
      json.writeNumber(
          BigDecimal.valueOf(boot.uptime().toMillis(), 3).stripTrailingZeros().toPlainString());
      for (String other : member.others()) {
        json.writeRaw(", ");
        json.writeRaw(other);
      }
      json.writeEndObject();
    } else if (member.unreadable().isDefined()) {
      json.writeFieldName("boot");
      json.writeRawValue(member.unreadable().get());
    }
  }

  /** Content that is written by a generator. */
  private interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  private static String write(@Nullable PrettyPrinter layout, Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.setPrettyPrinter(layout);
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not throw", e);
    }
    return text.toString();
  }

  /**
   * Escapes the control characters of ASCII and Latin-1 as {@code \}{@code u00xx}, but tab,
   * newline and carriage return in their short form, so that no terminal acts on what it is shown
   * of a file.
   */
  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final int FIRST_OF_C1 = 0x80;
    private static final SerializedString[] C1 = new SerializedString[32];

    static {
      for (int i = 0; i < C1.length; i++) {
        C1[i] = new SerializedString("\\u00" + Integer.toHexString(FIRST_OF_C1 + i));
      }
    }

    private final int[] ascii = standardAsciiEscapesForJSON();

    Escapes() {
      ascii['\b'] = ESCAPE_STANDARD;
      ascii['\f'] = ESCAPE_STANDARD;
      ascii[0x7f] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii.clone();
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      int index = character - FIRST_OF_C1;
      return index >= 0 && index < C1.length ? C1[index] : null;
    }
  }

  /** Writes a space after each colon and comma that is not followed by a line break. */
  private static final class Spaced extends MinimalPrettyPrinter {
    private static final long serialVersionUID = 1L;

    private final boolean lines;

    Spaced(boolean lines) {
      this.lines = lines;
    }

    private boolean breaksLines(JsonGenerator json) {
      return lines && json.getOutputContext().getParent().inRoot();
    }

    @Override
    public void beforeObjectEntries(JsonGenerator json) throws IOException {
      json.writeRaw(breaksLines(json) ? "\n  " : "");
    }

    @Override
    public void writeObjectFieldValueSeparator(JsonGenerator json) throws IOException {
      json.writeRaw(": ");
    }

    @Override
    public void writeObjectEntrySeparator(JsonGenerator json) throws IOException {
      json.writeRaw(breaksLines(json) ? ",\n  " : ", ");
    }

    @Override
    public void writeEndObject(JsonGenerator json, int members) throws IOException {
      json.writeRaw(breaksLines(json) ? "\n}" : "}");
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator json) throws IOException {
      json.writeRaw(", ");
    }
  }
}

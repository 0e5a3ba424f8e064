package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/** States as JSON, as the state file has them. */
public final class StateJson {
  private StateJson() {}

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
    UpdateState state = document.state();
    StringJoiner members = members(",\n  ", "{\n  ", "\n}\n", ": ", state);
    members.add("\"revision\": " + state.revision());
    state.boot().forEach(boot -> members.add("\"boot\": " + boot(boot)));
    if (!state.rolledBackVersions().isEmpty()) {
      members.add("\"rolled_back_versions\": " + array(state.rolledBackVersions()));
    }
    StringJoiner lines = new StringJoiner(",\n    ", "[\n    ", "\n  ]").setEmptyValue("[]");
    document.history().forEach(lines::add);
    members.add("\"history\": " + lines);
    document.unknown().forEach(members::add);
    return members.toString().getBytes(UTF_8);
  }

  /**
   * Writes what the agents of every version agree on, and the revision, on one line.
   *
   * @param state the state
   * @return a JSON object
   */
  public static String brief(UpdateState state) {
    return members(",", "{", "}", ":", state)
        .add("\"revision\":" + state.revision())
        .toString();
  }

  /**
   * Writes a history, an entry a line.
   *
   * @param entries the entries
   * @return a JSON array
   */
  public static String history(List<HistoryEntry> entries) {
    StringJoiner lines = new StringJoiner(",\n  ", "[\n  ", "\n]").setEmptyValue("[]");
    entries.forEach(entry -> lines.add(entry(entry)));
    return lines.toString();
  }

  /**
   * Reads a timestamp as the state file has them: RFC 3339, in the years 0000 to 9999, with at most
   * nine digits of a second, of any offset.
   *
   * @param text the timestamp
   * @return the instant, or what is wrong with the text
   */
  public static Either<String, Instant> instant(String text) {
    return Rfc3339.parse(text);
  }

  private static StringJoiner members(
      String between, String before, String after, String colon, UpdateState state) {
    StringJoiner members = new StringJoiner(between, before, after);
    members.add("\"phase\"" + colon + quote(state.phase().wireName()));
    addText(members, "from_version", colon, state.fromVersion());
    addText(members, "to_version", colon, state.toVersion());
    members.add("\"started_at\"" + colon + time(state.startedAt()));
    members.add("\"updated_at\"" + colon + time(state.updatedAt()));
    addText(members, "last_error", colon, state.lastError());
    return members.add("\"attempt_count\"" + colon + state.attemptCount());
  }

  private static void addText(
      StringJoiner members, String key, String colon, Option<String> value) {
    if (value.isDefined()) {
      members.add(quote(key) + colon + quote(value.get()));
    }
  }

  private static String time(Option<Instant> instant) {
    return quote(Rfc3339.format(instant.getOrElse(UpdateState.NEVER)));
  }

  private static String boot(Boot boot) {
    String seconds =
        BigDecimal.valueOf(boot.uptime().toMillis(), 3).stripTrailingZeros().toPlainString();
    return "{\"id\": " + quote(boot.id()) + ", \"uptime_s\": " + seconds + "}";
  }

  private static String array(List<String> texts) {
    StringJoiner values = new StringJoiner(", ", "[", "]");
    texts.forEach(text -> values.add(quote(text)));
    return values.toString();
  }

  static String entry(HistoryEntry entry) {
    StringJoiner members = new StringJoiner(", ", "{", "}");
    members.add("\"at\": " + quote(Rfc3339.format(entry.at())));
    members.add("\"event\": " + quote(entry.event()));
    members.add("\"from\": " + quote(entry.from()));
    members.add("\"to\": " + quote(entry.to()));
    addText(members, "to_version", ": ", entry.toVersion());
    addText(members, "error", ": ", entry.error());
    return members.toString();
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (character < ' ') {
            quoted.append("\\u").append(HexFormat.of().toHexDigits(character));
          } else {
            quoted.append(character);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}

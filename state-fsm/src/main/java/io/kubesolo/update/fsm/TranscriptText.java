package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The lines of a transcript. A line with {@code >} is an event, the indented lines below it are its
 * answer. The tests of this module send the events of each transcript in {@code
 * src/test/resources/transcripts} through both engines, and compare the answers.
 *
 * <p>Safe for use by several threads.
 */
public final class TranscriptText {
  /** The wall clock at the start of a transcript. */
  public static final Instant START = Instant.parse("2026-05-01T10:00:00Z");

  private static final Pattern WORD = Pattern.compile("[^\\s,\\p{Cc}]+");
  private static final Pattern LINE = Pattern.compile("[^\\p{Cc}\\u2028\\u2029]+");
  private static final String RETRY = " (retry)";

  private TranscriptText() {}

  /**
   * Returns the state that a transcript starts from, without the values that a transcript does not
   * show: times, boot, revision and history.
   *
   * @param state any state
   * @return a state at revision 0
   */
  public static UpdateState start(UpdateState state) {
    return state.toBuilder()
        .startedAt(Option.none())
        .updatedAt(Option.some(START))
        .revision(0)
        .boot(Option.none())
        .history(List.of())
        .build();
  }

  /**
   * Writes the line that starts a transcript in a state, and its answer.
   *
   * @param start a state as {@link #start} returns it
   * @return the lines, or why the state cannot be written in a transcript
   */
  public static Either<String, List<String>> given(UpdateState start) {
    StringJoiner line = new StringJoiner(" ").add("> given phase=" + start.phase());
    List<String> words = new ArrayList<>(start.rolledBackVersions());
    start.fromVersion().peek(words::add).forEach(from -> line.add("from_version=" + from));
    start.toVersion().peek(words::add).forEach(to -> line.add("to_version=" + to));
    if (start.attemptCount() > 0) {
      line.add("attempt_count=" + start.attemptCount());
    }
    if (!start.rolledBackVersions().isEmpty()) {
      line.add("rolled_back_versions=" + String.join(",", start.rolledBackVersions()));
    }
    start.lastError().forEach(error -> line.add("last_error=" + error));
    return problem(words, start.lastError())
        .toEither(() -> List.of(line.toString(), "  " + state(start)))
        .swap();
  }

  /**
   * Writes an event and its answer.
   *
   * @param step what the event does
   * @return the lines, or why the event cannot be written in a transcript
   */
  public static Either<String, List<String>> of(WhatIf step) {
    Values values = step.event().values();
    List<String> words = new ArrayList<>();
    values.toVersion().forEach(words::add);
    values.runningVersion().forEach(words::add);
    boolean ambiguous = step.event().type() == EventType.ROLLBACK
        && values.error().exists(error -> error.endsWith(RETRY));
    return problem(words, values.error())
        .orElse(() -> Option.when(ambiguous, "an error cannot end with '" + RETRY.strip() + "'"))
        .toEither(() -> lines(step))
        .swap();
  }

  private static List<String> lines(WhatIf step) {
    List<String> lines = new ArrayList<>();
    lines.add("> " + event(step.event()));
    lines.add("  " + step.answer().fold(TranscriptText::refusal, TranscriptText::state));
    if (step.answer().isLeft()) {
      lines.add("  still " + state(step.before()));
    }
    return lines;
  }

  private static Option<String> problem(List<String> words, Option<String> error) {
    for (String word : words) {
      if (!WORD.matcher(word).matches()) {
        return Option.some("a version in it holds a space, a comma or a control character");
      }
    }
    return error
        .filter(text -> !LINE.matcher(text).matches())
        .map(text -> "an error in it holds a line break or a control character");
  }

  private static String event(UpdateEvent event) {
    Values values = event.values();
    StringBuilder line = new StringBuilder(event.type().wireName());
    values.toVersion().forEach(to -> line.append(' ').append(to).append(" on"));
    values.runningVersion().forEach(running -> line.append(' ').append(running));
    values.error().forEach(error -> line.append(' ').append(error));
    return line + (values.force() ? " forced" : "") + (values.retry() ? RETRY : "");
  }

  /**
   * Writes a rejection, without the permitted events, which would change with edges that the
   * transcript does not take.
   *
   * @param rejection why an event is refused
   * @return the text of the line
   */
  public static String refusal(Rejection rejection) {
    return "refused: " + rejection.message().replaceFirst("; permitted: .*", "");
  }

  /**
   * Writes a state.
   *
   * @param state a state
   * @return the text of the line
   */
  public static String state(UpdateState state) {
    return "%s, revision %s%s, attempts %s%s%s%s"
        .formatted(
            state.phase(),
            state.revision(),
            state
                .toVersion()
                .map(to -> ", " + state.fromVersion().getOrElse("?") + " to " + to)
                .getOrElse(""),
            state.attemptCount(),
            state.lastError().map(error -> ", error \"" + error + '"').getOrElse(""),
            state.rolledBackVersions().isEmpty()
                ? ""
                : ", rolled back " + state.rolledBackVersions(),
            state.startedAt().map(started -> ", since " + started).getOrElse(""));
  }
}

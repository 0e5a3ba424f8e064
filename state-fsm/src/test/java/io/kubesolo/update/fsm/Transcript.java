package io.kubesolo.update.fsm;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A story in lines: {@code > check} is an event or another action, the indented lines under it are
 * the result, and the rest is for the reader. CHANGING.md has the grammar.
 */
final class Transcript {
  private static final String FAULTS =
      Stream.of(Fault.values()).map(Fault::name).collect(joining(", ")).toLowerCase(Locale.ROOT);
  private static final String GIVEN = "given phase=PHASE [NAME=VALUE]... [last_error=ERROR]";
  private static final String WORDS =
      "an event, or seen, elsewhere, reconcile, overdue, history, pass, clock, break, given, limit,"
          + " restart or reboot";
  private static final Values NO_VALUES =
      new Values(Option.none(), Option.none(), Option.none(), false, false);

  private final ManualClock clock = new ManualClock();
  private InMemoryStateStore store = new InMemoryStateStore(UpdateState.fresh(ManualClock.START));
  private final LifecycleEngine engine;
  private final List<String> lines = new ArrayList<>();
  private LifecycleSettings settings = TestSettings.with(clock);
  private UpdateLifecycle lifecycle;

  private Transcript(LifecycleEngine engine) {
    this.engine = engine;
    lifecycle = open();
  }

  /**
   * Lets the story happen again, and answers with the lines as they should be.
   *
   * @throws IllegalArgumentException if a line is malformed; its message names the line, and what
   *     is expected in its place
   */
  static List<String> replay(List<String> story, LifecycleEngine engine) {
    Transcript transcript = new Transcript(engine);
    for (int i = 0; i < story.size(); i++) {
      String line = story.get(i);
      if (!line.startsWith("  ")) {
        transcript.lines.add(line);
        try {
          transcript.perform(line);
        } catch (Malformed e) {
          throw new IllegalArgumentException(
              "line %d, '%s': expected %s".formatted(i + 1, line, e.getMessage()), e);
        }
      }
    }
    return transcript.lines;
  }

  private void perform(String line) throws Malformed {
    if (line.startsWith("> ")) {
      act(line.substring(2));
    } else if (line.stripLeading().startsWith(">")) {
      throw new Malformed("> EVENT");
    }
  }

  private void act(String line) throws Malformed {
    switch (firstWord(line)) {
      case "seen" -> {
        Matcher seen = match(line, "seen (\\d{1,18}) (.+)", "seen REVISION EVENT");
        answer(lifecycle.send(event(seen.group(2)), Long.parseLong(seen.group(1))));
      }
      case "elsewhere" ->
        answer(open().send(event(rest(line, "elsewhere (.+)", "elsewhere EVENT"))));
      case "reconcile" -> reconcile(rest(line, "reconcile (\\S+)", "reconcile RUNNING"));
      case "overdue" -> {
        match(line, "overdue", "overdue");
        say(lifecycle.overdue().map(Transcript::inWords).getOrElse("nothing"));
      }
      case "history" -> {
        match(line, "history", "history");
        lifecycle.state().history().forEach(entry -> say(inWords(entry)));
      }
      case "pass" ->
        clock.advance(parse(line, Duration::parse, "pass DURATION, for example pass PT5M"));
      case "clock" ->
        clock.setWallClock(
            parse(line, Instant::parse, "clock TIME, for example clock 2026-05-01T12:00:00Z"));
      case "break" ->
        store.failNext(parse(line, Transcript::fault, "break FAULT, one of " + FAULTS));
      case "given" -> {
        store = new InMemoryStateStore(parse(line, Transcript::state, GIVEN));
        lifecycle = open();
        say(TranscriptText.state(lifecycle.state()));
      }
      case "limit" -> {
        settings = settings.withMaxAttempts(parse(line, Long::parseLong, "limit ATTEMPTS"));
        lifecycle = open();
      }
      case "restart" -> {
        match(line, "restart", "restart");
        lifecycle.close();
        lifecycle = open();
        say(TranscriptText.state(lifecycle.state()));
      }
      case "reboot" -> {
        match(line, "reboot", "reboot");
        lifecycle.close();
        clock.reboot();
        lifecycle = open();
        say(TranscriptText.state(lifecycle.state()));
      }
      default -> answer(lifecycle.send(event(line)));
    }
  }

  /** A line that is not as expected; the message has the expected one. */
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String expected) {
      super(expected);
    }
  }

  private static String firstWord(String line) {
    return line.split(" ", 2)[0];
  }

  private static Matcher match(String line, String pattern, String expected) throws Malformed {
    Matcher matcher = Pattern.compile(pattern).matcher(line);
    if (!matcher.matches()) {
      throw new Malformed(expected);
    }
    return matcher;
  }

  private static String rest(String line, String pattern, String expected) throws Malformed {
    return match(line, pattern, expected).group(1);
  }

  /** Parses what follows the first word. */
  private static <T> T parse(String line, Function<String, T> parser, String expected)
      throws Malformed {
    try {
      return parser.apply(rest(line, "\\S+ (.+)", expected));
    } catch (IllegalArgumentException | DateTimeException | NoSuchElementException e) {
      throw (Malformed) new Malformed(expected).initCause(e);
    }
  }

  private static Fault fault(String name) {
    return Fault.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Parses {@code NAME=VALUE} for each value of a state, of which an error is the last. */
  private static UpdateState state(String line) {
    UpdateState.Builder state = UpdateState.builder().updatedAt(Option.some(ManualClock.START));
    String[] parts = line.split(" last_error=", 2);
    state.lastError(Option.when(parts.length == 2, () -> parts[1]));
    for (String word : parts[0].split(" ", -1)) {
      String[] pair = word.split("=", 2);
      if (pair.length < 2) {
        throw new IllegalArgumentException(word);
      }
      switch (pair[0]) {
        case "phase" -> state.phase(Phase.ofWireName(pair[1]).get());
        case "from_version" -> state.fromVersion(Option.some(pair[1]));
        case "to_version" -> state.toVersion(Option.some(pair[1]));
        case "attempt_count" -> state.attemptCount(Long.parseLong(pair[1]));
        case "rolled_back_versions" -> state.rolledBackVersions(List.of(pair[1].split(",", -1)));
        default -> throw new IllegalArgumentException(word);
      }
    }
    return state.build();
  }

  private UpdateLifecycle open() {
    return UpdateLifecycle.open(store, settings, engine).get();
  }

  private static UpdateEvent event(String line) throws Malformed {
    EventType type =
        EventType.ofWireName(firstWord(line)).getOrElseThrow(() -> new Malformed(WORDS));
    return switch (type) {
      case DOWNLOAD -> {
        Matcher words = match(
            line, "download (\\S+) on (\\S+)( forced)?", "download TARGET on RUNNING [forced]");
        yield new Download(words.group(1), words.group(2), words.group(3) != null);
      }
      case VERIFY -> new Verify(rest(line, "verify (\\S+)", "verify RUNNING"));
      case FAIL -> new Fail(rest(line, "fail (.+)", "fail ERROR"));
      case ROLLBACK -> {
        Matcher words = match(
            line, "rollback (?!\\(retry\\)$)(.+?)( \\(retry\\))?", "rollback ERROR [(retry)]");
        yield new Rollback(words.group(1), words.group(2) != null);
      }
      case CHECK, NO_UPDATE, STAGE, ACTIVATE, CONFIRM, CANCEL, ACKNOWLEDGE -> {
        match(line, type.wireName(), type.wireName());
        yield UpdateEvent.of(type, NO_VALUES).get();
      }
    };
  }

  private void reconcile(String running) {
    ReconcileResult reconciled = lifecycle.reconcile(running);
    if (reconciled.applied().isEmpty() && reconciled.refusal().isEmpty()) {
      say("nothing to do: " + TranscriptText.state(lifecycle.state()));
    }
    for (Transition applied : reconciled.applied()) {
      say(applied.event().type() + ": " + TranscriptText.state(applied.after()));
    }
    reconciled.warning().forEach(warning -> say("warning: " + warning));
    reconciled.refusal().forEach(refusal -> say(TranscriptText.refusal(refusal)));
  }

  private void answer(Either<Rejection, UpdateState> answer) {
    say(answer.fold(TranscriptText::refusal, TranscriptText::state));
    if (answer.isLeft()) {
      say("still " + TranscriptText.state(lifecycle.state()));
    }
  }

  private void say(String line) {
    lines.add("  " + line);
  }

  private static String inWords(HistoryEntry entry) {
    return "%s %s: %s to %s%s%s"
        .formatted(
            entry.at(),
            entry.event(),
            entry.from(),
            entry.to(),
            entry.toVersion().map(version -> ", " + version).getOrElse(""),
            entry.error().map(error -> ", \"" + error + '"').getOrElse(""));
  }

  private static String inWords(Overdue overdue) {
    String error = overdue.event() instanceof UpdateEvent.Fail fail
        ? fail.error()
        : ((UpdateEvent.Rollback) overdue.event()).error();
    boolean retry = overdue.event() instanceof UpdateEvent.Rollback rollback && rollback.retry();
    return overdue.event().type() + (retry ? " with retry" : "") + " \"" + error + "\", aged "
        + overdue.age();
  }
}

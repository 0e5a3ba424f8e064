package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A story in lines: {@code > check} is an event or something else that happens, the indented lines
 * under it are what came of it, and the rest is for the reader.
 */
final class Transcript {
  private static final String RETRY = " (retry)";

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

  /** Lets the story happen again, and answers with the lines as they should be. */
  static List<String> replay(List<String> story, LifecycleEngine engine) {
    Transcript transcript = new Transcript(engine);
    for (String line : story) {
      if (!line.startsWith("  ")) {
        transcript.lines.add(line);
      }
      if (line.startsWith("> ")) {
        transcript.perform(line.substring(2));
      }
    }
    return transcript.lines;
  }

  private void perform(String line) {
    String[] words = line.split(" ", 2);
    String rest = words.length == 1 ? "" : words[1];
    switch (words[0]) {
      case "seen" -> {
        String[] revision = rest.split(" ", 2);
        answer(lifecycle.send(event(revision[1]), Long.parseLong(revision[0])));
      }
      case "elsewhere" -> answer(open().send(event(rest)));
      case "reconcile" -> reconcile(rest);
      case "overdue" -> say(lifecycle.overdue().map(Transcript::inWords).getOrElse("nothing"));
      case "history" -> lifecycle.state().history().forEach(entry -> say(inWords(entry)));
      case "pass" -> clock.advance(Duration.parse(rest));
      case "clock" -> clock.setWallClock(Instant.parse(rest));
      case "break" -> store.failNext(Fault.valueOf(rest.toUpperCase(Locale.ROOT)));
      case "given" -> {
        store = new InMemoryStateStore(state(rest));
        lifecycle = open();
        say(TranscriptText.state(lifecycle.state()));
      }
      case "limit" -> {
        settings = settings.withMaxAttempts(Long.parseLong(rest));
        lifecycle = open();
      }
      case "restart" -> {
        lifecycle.close();
        lifecycle = open();
        say(TranscriptText.state(lifecycle.state()));
      }
      case "reboot" -> {
        lifecycle.close();
        clock.reboot();
        lifecycle = open();
        say(TranscriptText.state(lifecycle.state()));
      }
      default -> answer(lifecycle.send(event(line)));
    }
  }

  /** Parses {@code NAME=VALUE} for each value of a state, of which an error is the last. */
  private static UpdateState state(String line) {
    UpdateState.Builder state = UpdateState.builder().updatedAt(Option.some(ManualClock.START));
    String[] parts = line.split(" last_error=", 2);
    state.lastError(Option.when(parts.length == 2, () -> parts[1]));
    for (String word : parts[0].split(" ", -1)) {
      String[] pair = word.split("=", 2);
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

  /**
   * Parses {@code download TARGET on RUNNING [forced]}, {@code verify RUNNING}, {@code fail ERROR} or
   * {@code rollback ERROR [(retry)]}.
   */
  private static UpdateEvent event(String line) {
    String[] words = line.split(" ", -1);
    EventType type = EventType.ofWireName(words[0]).get();
    boolean download = type == EventType.DOWNLOAD;
    boolean retry = type == EventType.ROLLBACK && line.endsWith(RETRY);
    String rest = line.substring(
        Math.min(line.length(), words[0].length() + 1),
        line.length() - (retry ? RETRY.length() : 0));
    return UpdateEvent.of(
            type,
            new Values(
                Option.when(download, () -> words[1]),
                Option.some(download ? words[3] : rest),
                Option.some(rest),
                line.endsWith(" forced"),
                retry))
        .get();
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

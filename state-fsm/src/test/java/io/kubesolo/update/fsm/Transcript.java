package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.HistoryEntry;
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
  private final ManualClock clock = new ManualClock();
  private final InMemoryStateStore store =
      new InMemoryStateStore(UpdateState.fresh(ManualClock.START));
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
      case "limit" -> {
        settings = settings.withMaxAttempts(Long.parseLong(rest));
        lifecycle = open();
      }
      case "restart" -> {
        lifecycle.close();
        lifecycle = open();
        say(inWords(lifecycle.state()));
      }
      case "reboot" -> {
        lifecycle.close();
        clock.reboot();
        lifecycle = open();
        say(inWords(lifecycle.state()));
      }
      default -> answer(lifecycle.send(event(line)));
    }
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
    String rest = line.substring(Math.min(line.length(), words[0].length() + 1));
    return UpdateEvent.of(
            type,
            new Values(
                Option.when(download, () -> words[1]),
                Option.some(download ? words[3] : rest),
                Option.some(rest),
                line.endsWith(" forced"),
                line.endsWith(" (retry)")))
        .get();
  }

  private void reconcile(String running) {
    ReconcileResult reconciled = lifecycle.reconcile(running);
    if (reconciled.applied().isEmpty() && reconciled.refusal().isEmpty()) {
      say("nothing to do: " + inWords(lifecycle.state()));
    }
    for (Transition applied : reconciled.applied()) {
      say(applied.event().type() + ": " + inWords(applied.after()));
    }
    reconciled.warning().forEach(warning -> say("warning: " + warning));
    reconciled.refusal().forEach(refusal -> say(inWords(refusal)));
  }

  private void answer(Either<Rejection, UpdateState> answer) {
    say(answer.fold(Transcript::inWords, Transcript::inWords));
    if (answer.isLeft()) {
      say("still " + inWords(lifecycle.state()));
    }
  }

  private void say(String line) {
    lines.add("  " + line);
  }

  /** Leaves the permitted events out, which would change with edges that the story does not take. */
  private static String inWords(Rejection rejection) {
    return "refused: " + rejection.message().replaceFirst("; permitted: .*", "");
  }

  private static String inWords(UpdateState state) {
    return "%s, revision %d%s, attempts %d%s%s%s"
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

package io.kubesolo.update.agent.event;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TranscriptText;
import io.kubesolo.update.fsm.WhatIf;
import io.vavr.control.Either;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes an exploration as a transcript, a file that the tests of state-fsm run on both engines.
 */
public final class Transcript {
  private static final String HEADER =
      "# What these events do; written by: update-agent what-if --as-transcript";

  private Transcript() {}

  /**
   * Decides events by an engine, from a start without times and revision, by the clock of a
   * transcript. Throws if a transcript cannot hold the start or an event.
   */
  public static String of(
      LifecycleEngine engine,
      UpdateState start,
      List<ReplayLine> events,
      LifecycleSettings settings)
      throws Failure {
    UpdateState given = TranscriptText.start(start);
    List<String> lines = new ArrayList<>(List.of(HEADER));
    if (settings.maxAttempts() != LifecycleSettings.DEFAULT.maxAttempts()) {
      lines.add("> limit " + settings.maxAttempts());
    }
    if (!given.equals(UpdateState.fresh(TranscriptText.START))) {
      lines.addAll(written("the state", TranscriptText.given(given)));
    }
    LifecycleSettings still = settings.withClock(InstantSource.fixed(TranscriptText.START));
    List<WhatIf> steps = WhatIfChain.of(engine, given, events, still).steps();
    Instant clock = TranscriptText.START;
    for (int i = 0; i < steps.size(); i++) {
      Instant now = events.get(i).at().getOrElse(TranscriptText.START);
      if (!now.equals(clock)) {
        lines.add("> clock " + now);
        clock = now;
      }
      lines.addAll(
          written(steps.get(i).event().type().wireName(), TranscriptText.of(steps.get(i))));
    }
    return String.join("\n", lines) + "\n";
  }

  private static List<String> written(String what, Either<String, List<String>> lines)
      throws Failure {
    return lines.getOrElseThrow(
        reason -> Failure.of("a transcript cannot hold " + what + ": " + reason));
  }
}

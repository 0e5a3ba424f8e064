package io.kubesolo.update.benchmarks;

import static io.kubesolo.update.fsm.verify.Exploration.CONTEXT;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.verify.Exploration;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/** Every event in every state that our table reaches, with a full history. */
final class Walk {
  private static final List<HistoryEntry> FULL = Collections.nCopies(
      20,
      new HistoryEntry(Instant.EPOCH, "check", "idle", "checking", Option.none(), Option.none()));

  private Walk() {}

  /**
   * Compares all answers with our table's, throws if one differs, and returns how many there are.
   */
  static int check(Contender.Decider contender) {
    TableEngine table = new TableEngine();
    int answers = 0;
    for (UpdateState reached : Exploration.of(table).states()) {
      UpdateState state = reached.toBuilder().history(FULL).build();
      for (UpdateEvent event : Exploration.events()) {
        Either<Rejection, UpdateState> expected = table.decide(state, event, CONTEXT);
        Either<Rejection, UpdateState> answer = contender.decide(state, event, CONTEXT);
        if (!answer.equals(expected)) {
          throw new IllegalStateException("%s answers %s to %s in %s, and the table %s"
              .formatted(contender, answer, event, state, expected));
        }
        answers++;
      }
    }
    return answers;
  }
}

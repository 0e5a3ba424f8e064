package io.kubesolo.update.persist;

import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Operation.Kind;
import java.util.concurrent.atomic.AtomicInteger;

/** What a process does in its life. */
final class Scenarios {
  private Scenarios() {}

  /** A start and three events. */
  static void events(Life life) {
    Life.required("open", life.open());
    for (int i = 0; i < 3; i++) {
      Life.required("event", life.event());
    }
  }

  /** An event of unknown outcome, a refused one, and another. */
  static void afterAnUnknownOutcome(Life life) {
    anUnknownOutcome(life);
    life.refusedEvent();
    Life.required("event", life.event());
  }

  /** An event of unknown outcome, after which the process ends. */
  static void anUnknownOutcome(Life life) {
    Life.required("open", life.open());
    failing(life, Kind.SYNC_DIRECTORY, 1, Outcome.UNKNOWN);
  }

  /** An event whose rename reaches the disk or not, reported as failed. */
  static void anUnknownRename(Life life) {
    Life.required("open", life.open());
    failing(life, Kind.RENAME, 1, Outcome.UNKNOWN);
  }

  /** Another process sends the event again without opening the file first. */
  static void resend(Life life) {
    long revision = life.ledger().unanswered();
    Life.required("resend", life.resend());
    life.requireForgotten(revision);
    Life.required("event", life.event());
    life.requireTidy();
  }

  /** Another process sends an event that is refused, before the first one is sent again. */
  static void refusedAndResent(Life life) {
    life.refusedEvent();
    resend(life);
  }

  /** A program that knows neither fsync nor marks renames a file of the next revision into place. */
  static void afterAnOlderAgent(Life life) {
    life.unsyncedEvent();
    life.recover();
  }

  /** An event of unknown outcome, and writing it anew ends the same way. */
  static void afterTwoUnknownOutcomes(Life life) {
    Life.required("open", life.open());
    failing(life, Kind.SYNC_DIRECTORY, 2, Outcome.UNKNOWN);
    Life.required("event", life.event());
  }

  /** Events whose data the disk refused to take. */
  static void afterAFailedSync(Life life) {
    Life.required("open", life.open());
    failing(life, Kind.SYNC_FILE, 1, Outcome.OLD);
    Life.required("event", life.event());
  }

  /** So many events in a row fail, each at its first sync of a kind. */
  private static void failing(Life life, Kind kind, int times, Outcome outcome) {
    AtomicInteger left = new AtomicInteger(times);
    life.process.injectFaults(operation -> operation.kind() == kind
            && operation.path().startsWith(Life.DIRECTORY)
            && left.getAndDecrement() > 0
        ? new IoFault("Input/output error", false)
        : null);
    for (int i = 0; i < times; i++) {
      if (!Life.outcome(life.event()).contains(outcome)) {
        throw new Violation("a failed " + kind + " is not " + outcome);
      }
    }
  }
}

package io.kubesolo.update.persist;

import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Operation.Kind;
import java.util.concurrent.atomic.AtomicInteger;

/** The actions of a process. */
final class Scenarios {
  private Scenarios() {}

  /** Opens the file, and sends three events. */
  static void events(Life life) {
    Life.required("open", life.open());
    for (int i = 0; i < 3; i++) {
      Life.required("event", life.event());
    }
  }

  /** Sends an event of unknown outcome, a rejected one, and another one. */
  static void afterAnUnknownOutcome(Life life) {
    anUnknownOutcome(life);
    life.refusedEvent();
    Life.required("event", life.event());
  }

  /** Sends an event of unknown outcome, after which the process ends. */
  static void anUnknownOutcome(Life life) {
    Life.required("open", life.open());
    failing(life, Kind.SYNC_DIRECTORY, 1, Outcome.UNKNOWN);
  }

  /** Sends an event whose rename is reported as failed, whether it reaches the disk or not. */
  static void anUnknownRename(Life life) {
    Life.required("open", life.open());
    failing(life, Kind.RENAME, 1, Outcome.UNKNOWN);
  }

  /** Sends the event again by another process that does not open the file first. */
  static void resend(Life life) {
    long revision = life.ledger().unanswered();
    Life.required("resend", life.resend());
    life.requireForgotten(revision);
    Life.required("event", life.event());
    life.requireTidy();
  }

  /** Sends an event that is rejected, by another process, and then the first one again. */
  static void refusedAndResent(Life life) {
    life.refusedEvent();
    resend(life);
  }

  /**
   * Renames a file of the next revision into place, like a program that knows neither fsync nor
   * marks.
   */
  static void afterAnOlderAgent(Life life) {
    life.unsyncedEvent();
    life.recover();
  }

  /** Sends an event of unknown outcome, and writes it again with the same result. */
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

  /** Sends so many events in a row that fail, each at its first operation of a kind. */
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

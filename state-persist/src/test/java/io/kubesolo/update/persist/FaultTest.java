package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.vavr.control.Either;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each operation of the file system fails in turn. Before the rename the file has the old state,
 * after it the old or the new one; the answer says which one, or that it is unknown.
 */
final class FaultTest {
  private static final Image LOCK = new Image.Plain("", "rw-------");

  /** A device that had events before, and on which a writer was killed. */
  private static final Image.Directory ORDINARY = Life.holding(Map.of(
      "state.json", Image.file(StateJson.encode(LegalPath.at(4))),
      "state.json.lock", LOCK,
      ".state.json.dead0dead0dead0d.tmp", Image.file("dead".getBytes(UTF_8))));

  /**
   * A device whose last event was sent by an older agent, which left a temporary file of its own.
   */
  private static final Image.Directory LITTERED = Life.holding(Map.of(
      "state.json", Image.file(StateJson.encode(LegalPath.at(4))),
      ".state.json.dead0dead0dead0d.tmp", Image.file("dead".getBytes(UTF_8)),
      "state.json.tmp", Image.file(StateJson.encode(LegalPath.at(30)))));

  private static void report(String name, FaultSweep sweep) {
    System.out.println("faults, " + name + ": " + sweep.counts());
  }

  @Test
  void aFaultAtAnyOperationOfAnEventIsReportedCorrectly() {
    FaultSweep sweep = new FaultSweep(LITTERED, Ledger.at(4));
    assertThat(sweep.singly(FaultSweep.ALL)).isGreaterThan(40);
    report("single, an event", sweep);
  }

  @Test
  void aFaultAtAnyOperationOfTheFirstEventIsReportedCorrectly() {
    FaultSweep sweep = new FaultSweep(Life.bare(), Ledger.EMPTY);
    assertThat(sweep.singly(FaultSweep.ALL)).isGreaterThan(60);
    report("single, first event", sweep);
  }

  @Test
  @Tag("pairs")
  void aSecondFaultAtAnyLaterOperationIsReportedCorrectly() {
    FaultSweep sweep = new FaultSweep(ORDINARY, Ledger.at(4));
    sweep.inPairs(FaultSweep.SORTS);
    report("in pairs, an event", sweep);
  }

  @Test
  @Tag("pairs")
  void aSecondFaultAtAnyLaterOperationOfTheFirstEventIsReportedCorrectly() {
    FaultSweep sweep = new FaultSweep(Life.holding(Map.of("state.json.lock", LOCK)), Ledger.EMPTY);
    sweep.inPairs(FaultSweep.SORTS);
    report("in pairs, first event", sweep);
  }

  private static final IoFault FULL = new IoFault("No space left on device", false);

  /** Returns a device whose last event may be lost by a power cut. */
  private static Life afterAnUnknownOutcome() {
    Life life = new Life(new Disk(ORDINARY), Ledger.at(4));
    life.process.injectFaults(
        operation -> operation.kind() == Kind.SYNC_DIRECTORY && renames(life) == 1 ? FULL : null);
    assertThat(Life.outcome(life.event())).containsExactly(Outcome.UNKNOWN);
    life.process.injectFaults(operation -> null);
    return life;
  }

  private static long renames(Life life) {
    return life.process.operations().stream()
        .filter(operation ->
            operation.kind() == Kind.RENAME && !operation.path().endsWith(".outcome.tmp"))
        .count();
  }

  @Test
  void anUnknownOutcomeStaysUnknownUntilAllIsWrittenAgain() {
    Life life = afterAnUnknownOutcome();
    life.process.injectFaults(operation ->
        operation.kind() == Kind.CREATE && operation.path().endsWith(".tmp") ? FULL : null);
    assertThat(Life.outcome(life.event())).containsExactly(Outcome.UNKNOWN);
    assertThat(Life.outcome(life.event())).containsExactly(Outcome.UNKNOWN);
    life.process.injectFaults(operation -> null);
    final long before = renames(life);
    assertThat(life.event().isRight()).isTrue();
    assertThat(renames(life)).isEqualTo(before + 2);
  }

  @Test
  void whatCannotBeReadAfterAnUnknownOutcomeIsNotWrittenAgain() {
    Life life = afterAnUnknownOutcome();
    final long before = renames(life);
    life.process.injectFaults(operation -> operation.path().equals(Life.FILE) ? FULL : null);
    assertThat(life.event().getLeft().message())
        .isEqualTo(Life.FILE + ": cannot be read: no space left on device");
    assertThat(renames(life)).isEqualTo(before);
  }

  @Test
  void aDirectoryThatCannotBeSyncedIsRejectedAtStart() {
    Life life = new Life(new Disk(Life.at(4)), Ledger.at(4));
    life.process.injectFaults(operation ->
        operation.kind() == Kind.SYNC_DIRECTORY ? new IoFault("Invalid argument", false) : null);
    assertThat(life.open())
        .isEqualTo(Either.left(new NotPersisted(
            Life.DIRECTORY, "the directory cannot be synced: invalid argument", Outcome.OLD)));
  }
}

package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.vavr.control.Either;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
  void openWritesEverythingAgainAfterAnUnknownOutcome() {
    Life life = afterAnUnknownOutcome();
    final long before = renames(life);
    Life.required("open", life.open());
    assertThat(renames(life)).isEqualTo(before + 1);
    Life.required("open", life.open());
    assertThat(renames(life)).isEqualTo(before + 1);
    final long revision = life.ledger().unanswered();
    Life.required("the event that was sent again", life.resend());
    life.requireForgotten(revision);
    assertThat(renames(life)).isEqualTo(before + 1);
    life.requireTidy();
  }

  @Test
  void openGivesNoAnswerWhileItCannotReadWhetherTheOutcomeIsUnknown() {
    Life life = afterAnUnknownOutcome();
    life.process.injectFaults(FaultTest::isOfTheMark);
    assertThat(life.open().getLeft().message())
        .isEqualTo(Life.FILE + ".outcome: cannot be read: no space left on device");
  }

  private static @Nullable Fault isOfTheMark(Operation operation) {
    return operation.path().endsWith(".outcome") ? FULL : null;
  }

  /** To open a fifo would wait for its writer. */
  @Test
  void aFifoInThePlaceOfTheMarkIsNotOpened() {
    Life life = new Life(
        new Disk(Life.holding(Map.of(
            "state.json",
            Image.file(StateJson.encode(LegalPath.at(4))),
            "state.json.outcome",
            new Image.Special("fifo")))),
        Ledger.at(4));
    assertThat(life.event().getLeft().message())
        .isEqualTo(Life.FILE + ".outcome: cannot be read: not a regular file; remove it");
    assertThat(life.process.operations())
        .noneMatch(
            operation -> operation.kind() == Kind.OPEN && operation.path().endsWith(".outcome"));
  }

  @Test
  void anUnknownOutcomeStaysUnknownWhileTheLockCannotBeMade() {
    Life life = afterAnUnknownOutcome();
    life.process.injectFaults(operation -> operation.path().endsWith(".lock") ? FULL : null);
    assertThat(Life.outcome(life.event())).containsExactly(Outcome.UNKNOWN);
  }

  @Test
  void aMarkOfAnEarlierBootSaysNothing() {
    Life life = afterAnUnknownOutcome();
    Life rebooted = new Life(new Disk(life.process.disk().visible(), 2), life.ledger());
    Life.required("open", rebooted.open());
    assertThat(renames(rebooted)).isZero();
    rebooted.requireForgotten(life.ledger().unanswered());
    Life.required("event", rebooted.event());
    rebooted.requireTidy();
  }

  /** The state is durable then, but an event of the same values would be taken for this one. */
  @Test
  void anEventWhoseMarkCannotBeDeletedIsAnsweredWhenItIsSentAgain() {
    Life life = new Life(new Disk(ORDINARY), Ledger.at(4));
    life.process.injectFaults(operation -> deletesTheMark(operation, false));
    Either<Rejection, UpdateState> answer = life.event();
    assertThat(Life.outcome(answer)).containsExactly(Outcome.UNKNOWN);
    assertThat(answer.getLeft().message())
        .startsWith(Life.FILE + ".outcome: cannot be written: input/output error");
    life.process.injectFaults(operation -> null);
    assertThat(Life.required("the event again", life.resend()).revision()).isEqualTo(5);
    life.requireTidy();
  }

  @Test
  void anEventWhoseMarkIsDeletedInSpiteOfAnErrorIsAccepted() {
    Life life = new Life(new Disk(ORDINARY), Ledger.at(4));
    life.process.injectFaults(operation -> deletesTheMark(operation, true));
    assertThat(Life.required("event", life.event()).revision()).isEqualTo(5);
    life.requireTidy();
  }

  private static @Nullable Fault deletesTheMark(Operation operation, boolean late) {
    return operation.kind() == Kind.UNLINK && operation.path().endsWith(".outcome")
        ? new IoFault("Input/output error", late)
        : null;
  }

  @Test
  void anEventIsAcceptedIfItsMarkCanNeitherBeDeletedNorRead() {
    Life life = new Life(new Disk(ORDINARY), Ledger.at(4));
    boolean[] renamed = {false};
    life.process.injectFaults(operation -> {
      renamed[0] |= operation.kind() == Kind.RENAME;
      return renamed[0] ? isOfTheMark(operation) : null;
    });
    assertThat(Life.required("event", life.event()).revision()).isEqualTo(5);
  }

  @Test
  void aRefusedRenameLeavesTheOldStateEvenIfTheMarkCannotBeDeleted() {
    Life life = new Life(new Disk(ORDINARY), Ledger.at(4));
    life.process.injectFaults(operation -> operation.kind() == Kind.RENAME
        ? new IoFault("Device or resource busy", false)
        : deletesTheMark(operation, false));
    Either<Rejection, UpdateState> refused = life.event();
    assertThat(Life.outcome(refused)).containsExactly(Outcome.OLD);
    assertThat(refused.getLeft().message()).contains("is a mount point");
    life.process.injectFaults(operation -> null);
    assertThat(Life.required("event", life.event()).revision()).isEqualTo(5);
    life.requireTidy();
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

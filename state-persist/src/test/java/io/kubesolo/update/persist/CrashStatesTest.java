package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.persist.disk.Image;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every disk that a power cut may leave, at every operation, and at every one of the recovery. */
final class CrashStatesTest {
  private static CrashChecker cut(Image start, Ledger ledger, Consumer<Life> scenario) {
    return new CrashChecker().cut(start, ledger, scenario);
  }

  private static void report(String name, CrashChecker checker) {
    System.out.println("crash states, " + name + ": " + checker.counts());
    assertThat(checker.states()).isGreaterThan(50);
  }

  @Test
  void theFirstEventsSurviveWhereDirectoriesAreMissing() {
    report(
        "first events",
        cut(Life.bare(), Ledger.EMPTY, Scenarios::events)
            .kill(Life.bare(), Ledger.EMPTY, Scenarios::events));
  }

  @Test
  void ordinaryEventsSurvive() {
    report(
        "ordinary events",
        cut(Life.at(4), Ledger.at(4), Scenarios::events)
            .kill(Life.at(4), Ledger.at(4), Scenarios::events));
  }

  @Test
  void whatADeadWriterLeftIsNeverPromoted() {
    Image later = Life.file(StateJson.encode(LegalPath.at(30)));
    Image start = Life.holding(Map.of(
        "state.json", Life.file(StateJson.encode(LegalPath.at(4))),
        ".state.json.dead0dead0dead0d.tmp", later,
        "state.json.tmp", later));
    report(
        "stale temporary files",
        cut(start, Ledger.at(4), Scenarios::events).kill(start, Ledger.at(4), Scenarios::events));
  }

  @Test
  void aRepairEndsInAFreshStateAndKeepsTheInvalidFile() {
    Image start = Life.holding(Map.of("state.json", Life.file(Life.BROKEN.getBytes(UTF_8))));
    report(
        "repair",
        cut(start, Ledger.BROKEN, Life::recover).kill(start, Ledger.BROKEN, Life::recover));
  }

  @Test
  void anUnknownOutcomeIsSettledByWritingItAnew() {
    report(
        "after an unknown outcome",
        cut(Life.at(4), Ledger.at(4), Scenarios::afterAnUnknownOutcome)
            .killAlone(Life.at(4), Ledger.at(4), Scenarios::afterAnUnknownOutcome));
  }

  @Test
  void anUnknownOutcomeIsSettledByTheNextProcessWhichAnswersTheEventOnce() {
    CrashChecker checker = new CrashChecker();
    for (Consumer<Life> first :
        List.<Consumer<Life>>of(Scenarios::anUnknownOutcome, Scenarios::anUnknownRename)) {
      for (Consumer<Life> next :
          List.<Consumer<Life>>of(Life::recover, Scenarios::resend, Scenarios::refusedAndResent)) {
        checker.cutInTurn(Life.at(4), Ledger.at(4), List.of(first, next));
      }
    }
    report("settled by another process", checker);
  }

  @Test
  void whatAnOlderAgentRenamedWithoutASyncIsDurableBeforeTheFirstAnswer() {
    report("after an older agent", cut(Life.at(4), Ledger.at(4), Scenarios::afterAnOlderAgent));
  }

  @Test
  void aSecondUnknownOutcomeIsSettledToo() {
    report(
        "after two unknown outcomes",
        cut(Life.at(4), Ledger.at(4), Scenarios::afterTwoUnknownOutcomes));
  }

  @Test
  void dataThatTheDiskRefusedIsNeverTakenForWritten() {
    report(
        "after a failed sync",
        cut(Life.at(4), Ledger.at(4), Scenarios::afterAFailedSync)
            .kill(Life.at(4), Ledger.at(4), Scenarios::afterAFailedSync));
  }
}

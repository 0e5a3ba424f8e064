package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.persist.disk.CrashStates;
import io.kubesolo.update.persist.disk.CrashStates.Program;
import io.kubesolo.update.persist.disk.CrashStates.Run;
import io.kubesolo.update.persist.disk.Image;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Every disk that a power loss may leave, at every operation, and at every operation of the
 * recovery.
 */
final class CrashStatesTest {
  private static CrashStates<Ledger> states() {
    return CrashStates.<Ledger>withRecovery(run -> new Life(run).recover())
        .withReader(CrashStatesTest::read)
        .canonicalizing(Life::canonical);
  }

  private static void read(Run<Ledger> run) {
    if (run.acknowledged().repaired()) {
      Life.required("reader", new Life(run).read());
    }
  }

  private static Program<Ledger> lives(Consumer<Life> scenario) {
    return run -> scenario.accept(new Life(run));
  }

  private static CrashStates<Ledger> losePower(
      Image.Directory start, Ledger ledger, Consumer<Life> scenario) {
    return states().losePower(start, ledger, lives(scenario));
  }

  private static void losePowerAndKill(
      String name, Image.Directory start, Ledger ledger, Consumer<Life> scenario) {
    report(name, losePower(start, ledger, scenario).kill(start, ledger, lives(scenario)));
  }

  private static void report(String name, CrashStates<Ledger> tried) {
    System.out.println("crash states, " + name + ": " + tried);
    assertThat(tried.states()).isGreaterThan(50);
  }

  @Test
  void theFirstEventsSurviveIfDirectoriesAreMissing() {
    losePowerAndKill("first events", Life.bare(), Ledger.EMPTY, Scenarios::events);
  }

  @Test
  void ordinaryEventsSurvive() {
    losePowerAndKill("ordinary events", Life.at(4), Ledger.at(4), Scenarios::events);
  }

  @Test
  void aStaleTemporaryFileIsNeverPromoted() {
    Image later = Image.file(StateJson.encode(LegalPath.at(30)));
    Image.Directory start = Life.holding(Map.of(
        "state.json", Image.file(StateJson.encode(LegalPath.at(4))),
        ".state.json.dead0dead0dead0d.tmp", later,
        "state.json.tmp", later));
    losePowerAndKill("stale temporary files", start, Ledger.at(4), Scenarios::events);
  }

  @Test
  void aRepairEndsInAFreshStateAndKeepsTheInvalidFile() {
    Image.Directory start =
        Life.holding(Map.of("state.json", Image.file(Life.BROKEN.getBytes(UTF_8))));
    losePowerAndKill("repair", start, Ledger.BROKEN, Life::recover);
  }

  @Test
  void anUnknownOutcomeIsSettledByAnotherWrite() {
    report(
        "after an unknown outcome",
        losePower(Life.at(4), Ledger.at(4), Scenarios::afterAnUnknownOutcome)
            .killWithoutPowerLoss(
                Life.at(4), Ledger.at(4), lives(Scenarios::afterAnUnknownOutcome)));
  }

  @Test
  void anUnknownOutcomeIsSettledByTheNextProcessWhichAnswersTheEventOnce() {
    CrashStates<Ledger> states = states();
    for (Consumer<Life> first :
        List.<Consumer<Life>>of(Scenarios::anUnknownOutcome, Scenarios::anUnknownRename)) {
      for (Consumer<Life> next :
          List.<Consumer<Life>>of(Life::recover, Scenarios::resend, Scenarios::refusedAndResent)) {
        states.losePower(Life.at(4), Ledger.at(4), List.of(lives(first), lives(next)));
      }
    }
    report("settled by another process", states);
  }

  @Test
  void whatAnOlderAgentRenamedWithoutASyncIsDurableBeforeTheFirstAnswer() {
    report(
        "after an older agent", losePower(Life.at(4), Ledger.at(4), Scenarios::afterAnOlderAgent));
  }

  @Test
  void aSecondUnknownOutcomeIsSettledToo() {
    report(
        "after two unknown outcomes",
        losePower(Life.at(4), Ledger.at(4), Scenarios::afterTwoUnknownOutcomes));
  }

  @Test
  void dataThatTheDiskRefusedIsNeverReportedAsWritten() {
    losePowerAndKill("after a failed sync", Life.at(4), Ledger.at(4), Scenarios::afterAFailedSync);
  }
}

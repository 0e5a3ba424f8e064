package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.persist.disk.Image;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Every disk that a power cut may leave, at every operation, and at every one of the recovery. */
final class CrashStatesTest {
  private final CrashChecker checker = new CrashChecker(Life.PRODUCTION, Set.of());

  @AfterEach
  void print(TestInfo test) {
    System.out.println(test.getDisplayName() + " " + checker.counts());
  }

  private void check(Image start, Ledger ledger, Consumer<Life> scenario) {
    checker.check(start, ledger, scenario);
    assertThat(checker.states()).isGreaterThan(50);
  }

  private static Ledger at(long revision) {
    return Ledger.EMPTY.acknowledging(revision);
  }

  @Test
  void theFirstEventsSurviveWhereDirectoriesAreMissing() {
    check(Life.bare(), Ledger.EMPTY, Scenarios::events);
  }

  @Test
  void ordinaryEventsSurvive() {
    check(Life.at(4), at(4), Scenarios::events);
  }
}

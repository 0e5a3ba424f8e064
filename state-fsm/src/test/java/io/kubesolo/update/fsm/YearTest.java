package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.EventType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YearTest {
  private static final int HOURS = 365 * 24;

  @ParameterizedTest
  @CsvSource({"1, SPRING", "2, TABLE", "3, TABLE"})
  void keepsEveryInvariantForAYearOfHourlyChecks(long seed, Engine engine) {
    Year year = new Year(seed, engine.get());
    for (int hour = 0; hour < HOURS; hour++) {
      year.hour();
    }

    for (EventType type : EventType.values()) {
      assertThat(year.log.count(type.wireName())).as("%s", type).isGreaterThan(10);
    }
    assertThat(year.log.count("check")).isGreaterThan(HOURS / 2);
    assertThat(year.outages).isGreaterThan(100);
    assertThat(year.denials).isGreaterThan(10);
    assertThat(year.store.stored().revision()).isEqualTo(year.store.writes());
  }
}

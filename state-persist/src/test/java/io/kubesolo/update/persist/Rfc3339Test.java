package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.vavr.control.Either;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The timestamps that RFC 3339 allows, and those that it does not. */
final class Rfc3339Test {
  @ParameterizedTest
  @CsvSource(textBlock = """
      2026-01-02T03:04:05Z,                2026-01-02T03:04:05Z
      2026-01-02t03:04:05z,                2026-01-02T03:04:05Z
      2026-01-02T03:04:05+00:00,           2026-01-02T03:04:05Z
      2026-01-02T03:04:05-00:00,           2026-01-02T03:04:05Z
      2026-01-02T03:04:05+05:30,           2026-01-01T21:34:05Z
      2026-01-02T03:04:05-23:59,           2026-01-03T03:03:05Z
      2026-01-02T03:04:05.1Z,              2026-01-02T03:04:05.100Z
      2026-01-02T03:04:05.100000000Z,      2026-01-02T03:04:05.100Z
      2026-01-02T03:04:05.000000001+01:00, 2026-01-02T02:04:05.000000001Z
      2024-02-29T00:00:00Z,                2024-02-29T00:00:00Z
      2000-02-29T00:00:00Z,                2000-02-29T00:00:00Z
      0000-02-29T00:00:00Z,                0000-02-29T00:00:00Z
      0000-01-01T00:00:00Z,                0000-01-01T00:00:00Z
      0001-01-01T00:00:00Z,                0001-01-01T00:00:00Z
      9999-12-31T23:59:59.999999999Z,      9999-12-31T23:59:59.999999999Z
      0000-01-01T00:00:00-23:59,           0000-01-01T23:59:00Z
      """)
  void reads(String text, String instant) {
    assertThat(StateJson.instant(text)).isEqualTo(Either.right(Instant.parse(instant)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04Z",
        "2026-01-02T03:04:05 Z",
        "2026-01-02 03:04:05Z",
        " 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z ",
        "2026-01-02T03:04:05Zulu",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05.",
        "2026-01-02T03:04:05,5Z",
        "2026-01-02T03:04:05.1234567890Z",
        "2026-01-02T03:04:05.1x",
        "2026-01-02T03:04:05+1:00",
        "2026-01-02T03:04:05+0100",
        "2026-01-02T03:04:05+01",
        "2026-01-02T03:04:05+01:00:00",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05-00:60",
        "2026-01-02T03:04:05*01:00",
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:05Z",
        "2026-06-30T23:59:60Z",
        "2026-01-02T03:04:61Z",
        "2026-00-02T03:04:05Z",
        "2026-13-02T03:04:05Z",
        "2026-01-00T03:04:05Z",
        "2026-01-32T03:04:05Z",
        "2026-02-29T03:04:05Z",
        "1900-02-29T03:04:05Z",
        "2026-04-31T03:04:05Z",
        "2026-1-02T03:04:05Z",
        "2026/01/02T03:04:05Z",
        "20260102T030405Z",
        "+2026-01-02T03:04:05Z",
        "-001-01-02T03:04:05Z",
        "10000-01-01T00:00:00Z",
        "2026-01-02T-3:04:05Z",
        "٢٠٢٦-01-02T03:04:05Z",
        "2026-01-02T03:04:05.١Z",
        "2026-W01-1T03:04:05Z"
      })
  void refuses(String text) {
    assertThat(StateJson.instant(text)).isEqualTo(Either.left("is not an RFC 3339 time"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000-01-01T00:00:00+00:01",
        "0000-01-01T23:58:59.999999999+23:59",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T00:01:00-23:59"
      })
  void refusesAnInstantThatUtcCannotHaveInFourDigits(String text) {
    assertThat(StateJson.instant(text)).isEqualTo(Either.left("is outside the years 0000 to 9999"));
  }
}

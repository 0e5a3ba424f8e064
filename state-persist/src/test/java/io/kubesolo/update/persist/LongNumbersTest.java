package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateEvent;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A number of any length, at any place, is read in time linear in its length. */
final class LongNumbersTest {
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final String DIGITS = "9".repeat(1_000_000);

  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  private Either<StoreFailure, Loaded> read(String member, String number) throws IOException {
    device().holding("{\"phase\": \"idle\", " + member.formatted(number) + "}");
    return assertTimeoutPreemptively(LIMIT, () -> device().file().read());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"x\": %s",
        "\"x\": {\"y\": [%s]}",
        "\"boot\": %s",
        "\"boot\": {\"id\": \"a\", \"uptime_s\": %s}",
        "\"boot\": {\"id\": %s, \"uptime_s\": 1}",
        "\"boot\": {\"id\": \"a\", \"uptime_s\": 1, \"y\": %s}",
        "\"rolled_back_versions\": %s",
        "\"rolled_back_versions\": [%s]",
        "\"history\": %s",
        "\"history\": [%s]",
        "\"history\": [{\"at\": %s}]",
        "\"history\": [{\"at\": \"2026-01-02T03:04:05Z\", \"event\": \"e\", \"from\": \"f\","
            + " \"to\": \"t\", \"y\": %s}]"
      })
  void isKeptToTheLetter(String member) throws IOException {
    for (String number : new String[] {
      DIGITS,
      "-" + DIGITS,
      "0." + DIGITS,
      "0." + "0".repeat(1_000_000) + "1",
      "1e999999999",
      "-1E-999999999999999999999",
      "1e" + DIGITS,
      "1E-" + DIGITS
    }) {
      assertThat(read(member, number).isRight()).isTrue();
      assertTimeoutPreemptively(
          LIMIT, () -> Device.send(device().file(), new UpdateEvent.Check(), Phase.CHECKING));
      double value = Double.parseDouble(number);
      boolean isUptime =
          member.contains("\"uptime_s\": %s") && value >= 0 && value <= Boot.MAX_UPTIME.toSeconds();
      assertThat(device().text().contains(number)).isNotEqualTo(isUptime);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"attempt_count", "revision"})
  void isAClearErrorInACount(String key) throws IOException {
    String member = "\"" + key + "\": %s";
    assertThat(read(member, DIGITS).getLeft().message())
        .endsWith(key + " is larger than 9223372036854775807 (line 1, column " + (23 + key.length())
            + ")");
    assertThat(read(member, "-" + DIGITS).getLeft().message()).contains(key + " is negative");
    assertThat(read(member, "1e999999999").getLeft().message())
        .contains(key + " is not a whole number");
    assertThat(read(member, "0." + DIGITS).getLeft().message())
        .contains(key + " is not a whole number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"phase", "from_version", "to_version", "last_error", "started_at"})
  void isAClearErrorInPlaceOfAText(String key) throws IOException {
    device().holding("{\"" + key + "\": " + DIGITS + "}");
    assertThat(assertTimeoutPreemptively(LIMIT, () -> device().problem()))
        .startsWith(key + " is not ")
        .hasSizeLessThan(60);
  }
}

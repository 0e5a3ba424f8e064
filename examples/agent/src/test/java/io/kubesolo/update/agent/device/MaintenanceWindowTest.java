package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.ActivationWait.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MaintenanceWindowTest {
  /** The policy of a device without one: at any time. */
  static final ActivationPolicy ALWAYS =
      new ActivationPolicy(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");
  private static final ZonedDateTime NOON =
      LocalDateTime.parse("2026-11-25T12:00:00").atZone(ZoneId.of("UTC"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // 2026-11-25 is a Wednesday.
        "Mon-Fri 02:00-04:00 | 2026-11-25T01:59:59 | false",
        "Mon-Fri 02:00-04:00 | 2026-11-25T02:00:00 | true",
        "Mon-Fri 02:00-04:00 | 2026-11-25T03:59:59 | true",
        "Mon-Fri 02:00-04:00 | 2026-11-25T04:00:00 | false",
        "Mon-Fri 02:00-04:00 | 2026-11-28T03:00:00 | false",
        "23:00-01:00         | 2026-11-25T22:59:00 | false",
        "23:00-01:00         | 2026-11-25T23:00:00 | true",
        "23:00-01:00         | 2026-11-26T00:59:59 | true",
        "23:00-01:00         | 2026-11-26T01:00:00 | false",
        "Wed 23:00-01:00     | 2026-11-26T00:30:00 | true",
        "Wed 23:00-01:00     | 2026-11-25T00:30:00 | false",
        "Wed 23:00-01:00     | 2026-11-26T23:30:00 | false",
        "sat,SUN 00:00-24:00 | 2026-11-29T23:59:59 | true",
        "Sat,Sun 00:00-24:00 | 2026-11-30T00:00:00 | false",
        "Fri-Mon 12:00-13:00 | 2026-11-29T12:30:00 | true",
        "Fri-Mon 12:00-13:00 | 2026-11-25T12:30:00 | false",
        "Mon,Wed-Thu 12:00-13:00 | 2026-11-26T12:30:00 | true",
        "22:00-00:00         | 2026-11-25T23:59:59 | true",
        "22:00-00:00         | 2026-11-26T00:00:00 | false",
      })
  void isOpenFromItsStartToItsEnd(String window, LocalDateTime time, boolean open)
      throws Exception {
    MaintenanceWindow parsed = MaintenanceWindow.parse(window);

    assertThat(parsed.isOpen(time.atZone(ZoneId.of("Europe/Berlin")))).isEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense            | is not a window like",
        "02:00               | is not a window like",
        "2:00-4:00           | is not a window like",
        "Mon 02:00 - 04:00   | is not a window like",
        "Mon Tue 02:00-04:00 | is not a window like",
        "Noday 02:00-04:00   | are not days like",
        "Mon-Tue-Wed 02:00-04:00 | are not days like",
        "Mon, 02:00-04:00    | are not days like",
        "25:00-04:00         | a time is 00:00 to 23:59",
        "24:00-04:00         | a time is 00:00 to 23:59",
        "02:60-04:00         | a time is 00:00 to 23:59",
        "02:00-24:01         | a time is 00:00 to 23:59",
        "02:00-02:00         | has no length",
      })
  void saysWhatIsNoWindow(String window, String problem) throws Exception {
    assertThat(messageOf(() -> MaintenanceWindow.parse(window)))
        .contains(problem)
        .contains(window);
  }

  @Test
  void waitsForAWindow() throws Exception {
    assertThat(reasons(ALWAYS)).isEmpty();
    assertThat(reasons(policy(List.of()))).containsExactly(Reason.WINDOW);
    assertThat(reasons(policy(List.of(window("13:00-14:00"))))).containsExactly(Reason.WINDOW);
    assertThat(reasons(policy(List.of(window("13:00-14:00"), window("Wed 12:00-12:01")))))
        .isEmpty();
  }

  @Test
  void namesTheWindowsItWaitsFor() throws Exception {
    ActivationPolicy policy = policy(List.of(window("Mon-Wed 02:00-24:00"), window("23:00-01:00")));

    assertThat(policy.waits(NOON.withHour(1), () -> BUILT))
        .extracting(ActivationWait::words)
        .containsExactly(
            "Wed 2026-11-25 01:00 is in no maintenance window (Mon,Tue,Wed 02:00-24:00, 23:00-01:00)");
  }

  @Test
  void trustsNoClockThatIsBehindTheBuild() throws Exception {
    ActivationPolicy policy = policy(List.of(window("00:00-24:00")));

    assertThat(policy.waits(NOON.withYear(1970), () -> BUILT))
        .extracting(ActivationWait::reason)
        .containsExactly(Reason.CLOCK);
    assertThat(ALWAYS.waits(NOON.withYear(1970), () -> BUILT)).isEmpty();
  }

  @Test
  void waitsAsLongAsTheHoldFileExists(@TempDir Path dir) throws Exception {
    Path hold = dir.resolve("hold");
    ActivationPolicy policy =
        new ActivationPolicy(Optional.empty(), Optional.of(hold), Optional.empty(), List.of());
    assertThat(reasons(policy)).isEmpty();

    Files.createSymbolicLink(hold, Path.of("nowhere"));

    assertThat(reasons(policy)).containsExactly(Reason.HOLD);
  }

  private static List<Reason> reasons(ActivationPolicy policy) {
    return policy.waits(NOON, () -> BUILT).stream().map(ActivationWait::reason).toList();
  }

  private static ActivationPolicy policy(List<MaintenanceWindow> windows) {
    return new ActivationPolicy(
        Optional.of(windows), Optional.empty(), Optional.empty(), List.of());
  }

  private static MaintenanceWindow window(String text) throws Exception {
    return MaintenanceWindow.parse(text);
  }
}

package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.vavr.control.Option;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateEventTest {
  private static final String BEYOND_BMP = "\uD83D\uDE80";
  private static final Values ALL =
      new Values(Option.some("v2"), Option.some("v1"), Option.some("it broke"), true);
  private static final Values NOTHING =
      new Values(Option.none(), Option.none(), Option.none(), false);

  @Test
  void acceptsAVersionOf255Characters() {
    String longest = "v".repeat(255);

    assertThat(new Download(longest, "v1").targetVersion()).isEqualTo(longest);
    assertThat(new Download("v2", longest).runningVersion()).isEqualTo(longest);
    assertThat(new Verify(longest).runningVersion()).isEqualTo(longest);
  }

  @Test
  void rejectsAVersionOf256Characters() {
    String tooLong = "v".repeat(256);

    assertRefused(() -> new Download(tooLong, "v1"), "to_version has more than 255 characters");
    assertRefused(
        () -> new Download("v2", tooLong), "running_version has more than 255 characters");
    assertRefused(() -> new Verify(tooLong), "running_version has more than 255 characters");
  }

  @Test
  void countsCodePointsAndNotChars() {
    String longest = BEYOND_BMP.repeat(255);

    assertThat(new Verify(longest).runningVersion()).isEqualTo(longest);
    assertRefused(() -> new Verify(longest + "v"), "running_version has more than 255 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n", "\u2003"})
  void rejectsBlankText(String blank) {
    assertRefused(() -> new Download(blank, "v1"), "to_version is blank");
    assertRefused(() -> new Download("v2", blank), "running_version is blank");
    assertRefused(() -> new Verify(blank), "running_version is blank");
    assertRefused(() -> new Fail(blank), "error is blank");
    assertRefused(() -> new Rollback(blank), "error is blank");
  }

  @Test
  void acceptsANoBreakSpaceBecauseIsBlankDoes() {
    assertThat(new Verify("\u00A0").runningVersion()).isEqualTo("\u00A0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\uD83D",
        "v\uDE80",
        "\uD83Dv",
        "\uDE80\uD83D",
        "v\uD83D\uD83D\uDE80",
        "\uD800",
        "\uDBFF",
        "\uDC00",
        "\uDFFF"
      })
  void rejectsALoneSurrogate(String text) {
    String why = " is not well-formed Unicode: it holds a lone surrogate";

    assertRefused(() -> new Download(text, "v1"), "to_version" + why);
    assertRefused(() -> new Download("v2", text), "running_version" + why);
    assertRefused(() -> new Verify(text), "running_version" + why);
    assertRefused(() -> new Fail(text), "error" + why);
    assertRefused(() -> new Rollback(text), "error" + why);
  }

  @ParameterizedTest
  @ValueSource(strings = {" v1", "v1 ", "\tv 1\n", "v\u00001", "../v1", "\uFEFFv1", "\uD7FF\uE000"})
  void keepsTextAsItIs(String text) {
    assertThat(new Verify(text).runningVersion()).isEqualTo(text);
    assertThat(new Download(text, "v0").targetVersion()).isEqualTo(text);
    assertThat(new Fail(text).error()).isEqualTo(text);
  }

  @Test
  void keepsAnErrorOf4096Characters() {
    String longest = "e".repeat(4095) + BEYOND_BMP;

    assertThat(new Fail(longest).error()).isEqualTo(longest);
    assertThat(new Rollback(longest).error()).isEqualTo(longest);
  }

  @Test
  void cutsAnErrorToIts4096FirstCharacters() {
    String kept = "e".repeat(4096);

    assertThat(new Fail(kept + "x").error()).isEqualTo(kept);
    assertThat(new Rollback(kept + "x".repeat(100_000)).error()).isEqualTo(kept);
  }

  @Test
  void neverCutsASurrogatePair() {
    assertThat(new Fail("e".repeat(4096) + BEYOND_BMP).error()).isEqualTo("e".repeat(4096));
    assertThat(new Fail("e".repeat(4095) + BEYOND_BMP + "x").error())
        .isEqualTo("e".repeat(4095) + BEYOND_BMP);
    assertThat(new Fail(BEYOND_BMP.repeat(5000)).error()).isEqualTo(BEYOND_BMP.repeat(4096));
  }

  @Test
  void rejectsAnErrorThatIsBlankOnceCut() {
    assertRefused(() -> new Fail(" ".repeat(4096) + "e"), "error is blank");
    assertThat(new Fail(" ".repeat(4095) + "e").error()).endsWith(" e");
  }

  @ParameterizedTest
  @EnumSource
  void makesEachTypeOfEventFromValues(EventType type) {
    assertThat(UpdateEvent.of(type, ALL).get().type()).isEqualTo(type);
  }

  @Test
  void picksTheValuesThatATypeCarries() {
    assertThat(UpdateEvent.of(EventType.DOWNLOAD, ALL))
        .containsExactly(new Download("v2", "v1", true));
    assertThat(UpdateEvent.of(EventType.VERIFY, ALL)).containsExactly(new Verify("v1"));
    assertThat(UpdateEvent.of(EventType.FAIL, ALL)).containsExactly(new Fail("it broke"));
    assertThat(UpdateEvent.of(EventType.ROLLBACK, ALL)).containsExactly(new Rollback("it broke"));
  }

  @ParameterizedTest
  @EnumSource
  void requiresEveryValueThatATypeCarriesExceptForce(EventType type) {
    boolean carries = type.fields().stream().anyMatch(field -> field != EventField.FORCE);

    assertThat(UpdateEvent.of(type, NOTHING).isLeft()).isEqualTo(carries);
  }

  @Test
  void namesTheMissingValue() {
    Values onlyTarget = new Values(Option.some("v2"), Option.none(), Option.none(), false);

    assertThat(UpdateEvent.of(EventType.DOWNLOAD, NOTHING).getLeft())
        .isEqualTo("download needs to_version");
    assertThat(UpdateEvent.of(EventType.DOWNLOAD, onlyTarget).getLeft())
        .isEqualTo("download needs running_version");
    assertThat(UpdateEvent.of(EventType.VERIFY, onlyTarget).getLeft())
        .isEqualTo("verify needs running_version");
    assertThat(UpdateEvent.of(EventType.FAIL, onlyTarget).getLeft()).isEqualTo("fail needs error");
    assertThat(UpdateEvent.of(EventType.ROLLBACK, onlyTarget).getLeft())
        .isEqualTo("rollback needs error");
  }

  @Test
  void isNotForcedByDefault() {
    assertThat(new Download("v2", "v1")).isEqualTo(new Download("v2", "v1", false));
  }

  private static void assertRefused(Runnable construction, String why) {
    assertThatIllegalArgumentException().isThrownBy(construction::run).withMessage(why);
  }
}

package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateEventTest {
  private static final String BEYOND_BMP = "\uD83D\uDE80";
  private static final Values ALL =
      new Values(Option.some("v2"), Option.some("v1"), Option.some("it broke"), true, true);
  private static final Values NOTHING =
      new Values(Option.none(), Option.none(), Option.none(), false, false);

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
  @ValueSource(
      strings = {" v1", "v1 ", "../v1", "v1\u2028", "\u00A0v1\u200B", "\uFEFFv1", "\uD7FF\uE000"})
  void keepsTextAsItIs(String text) {
    assertThat(new Verify(text).runningVersion()).isEqualTo(text);
    assertThat(new Download(text, "v0").targetVersion()).isEqualTo(text);
    assertThat(new Fail(text).error()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"v1\n", "\tv1", "v\u00001", "v1\u001B[1m", "v1\u007F", "v1\u0085", "\u009Fv1"})
  void refusesAControlCharacterInAVersionAndKeepsItInAnError(String text) {
    String why = " holds a control character";

    assertRefused(() -> new Download(text, "v1"), "to_version" + why);
    assertRefused(() -> new Download("v2", text), "running_version" + why);
    assertRefused(() -> new Verify(text), "running_version" + why);
    assertThat(new Fail(text).error()).isEqualTo(text);
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without a null checker may do
  void refusesNullAndNamesTheField() {
    assertRefused(() -> new Download(null, "v1"), "to_version is null");
    assertRefused(() -> new Download("v2", null), "running_version is null");
    assertRefused(() -> new Verify(null), "running_version is null");
    assertRefused(() -> new Fail(null), "error is null");
    assertRefused(() -> new Rollback(null), "error is null");
    assertRefused(() -> new Rollback(null, true), "error is null");
    assertRefused(() -> Fail.of(null), "the cause of an error is null");
    assertRefused(() -> Rollback.of(null), "the cause of an error is null");
  }

  @Test
  void makesAnErrorOfAnException() {
    assertThat(Fail.of(new IOException("no space")))
        .isEqualTo(new Fail("java.io.IOException: no space"));
    assertThat(Rollback.of(new IOException("no space")))
        .isEqualTo(new Rollback("java.io.IOException: no space", false));
    assertThat(Fail.of(new IOException())).isEqualTo(new Fail("java.io.IOException"));
    assertThat(Fail.of(new IOException("e".repeat(9000))).error()).hasSize(4096);
    assertThat(Fail.of(new IOException("half a rocket: \uD83D")).error())
        .isEqualTo("java.io.IOException: half a rocket: \uFFFD");
    assertThat(Fail.of(new IOException("a whole one: " + BEYOND_BMP)).error()).endsWith(BEYOND_BMP);
  }

  @ParameterizedTest
  @MethodSource("odd")
  void makesAnErrorOfAnExceptionThatDoesNotDescribeItself(Exception odd) {
    assertThat(Fail.of(odd)).isEqualTo(new Fail(odd.getClass().getName()));
  }

  /** Exceptions that break the contract of toString(), as some in the field do. */
  @SuppressWarnings({"NullAway", "OverrideThrowableToString", "ToStringReturnsNull"})
  static Stream<Exception> odd() {
    return Stream.of(
        new Exception() {
          @Override
          public String toString() {
            return " ";
          }
        },
        new Exception() {
          @Override
          public String toString() {
            return null;
          }
        },
        new Exception() {
          @Override
          public String toString() {
            throw new IllegalStateException("no text");
          }
        },
        new Exception() {
          @Override
          public String toString() {
            throw new LinkageError("no text");
          }
        });
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
    assertThat(UpdateEvent.of(EventType.ROLLBACK, ALL))
        .containsExactly(new Rollback("it broke", true));
  }

  @ParameterizedTest
  @EnumSource
  void requiresEveryValueThatATypeCarriesExceptFlags(EventType type) {
    boolean carries = type.fields().stream()
        .anyMatch(field -> field != EventField.FORCE && field != EventField.RETRY);

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
  void isNeitherForcedNorRetriedByDefault() {
    assertThat(new Download("v2", "v1")).isEqualTo(new Download("v2", "v1", false));
    assertThat(new Rollback("it broke")).isEqualTo(new Rollback("it broke", false));
  }

  private static void assertRefused(Runnable construction, String why) {
    assertThatIllegalArgumentException().isThrownBy(construction::run).withMessage(why);
  }

  @ParameterizedTest
  @EnumSource
  void isMadeAgainOfItsOwnValues(EventType type) {
    for (boolean flag : new boolean[] {true, false}) {
      Values values =
          new Values(Option.some("v2"), Option.some("v1"), Option.some("e"), flag, flag);
      UpdateEvent event = UpdateEvent.of(type, values).get();

      assertThat(UpdateEvent.of(type, event.values())).isEqualTo(Either.right(event));
    }
  }
}

package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.OutcomeMark.Write;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a mark, which a crash may cut off, and the events that it names. */
final class OutcomeMarkTest {
  private static final UpdateEvent DOWNLOAD = new Download("v2", "v1");
  private static final UpdateEvent FAIL = new Fail("two\nlines, \"quoted\"");
  private static final UpdateState MADE = LegalPath.at(5);
  private static final UpdateState NOT_MADE = LegalPath.at(6);
  private static final Option<Boot> BOOT =
      Option.some(new Boot("9f2f 2c52", Duration.ofMillis(12_345)));

  private static final OutcomeMark TWO = OutcomeMark.NONE
      .with(Write.of(DOWNLOAD, MADE))
      .with(Write.of(FAIL, NOT_MADE))
      .unsettled(BOOT);

  static Stream<OutcomeMark> marks() {
    return Stream.of(
        OutcomeMark.NONE.unsettled(Option.none()),
        OutcomeMark.NONE.unsettled(BOOT),
        TWO,
        TWO.settledBy(MADE));
  }

  @ParameterizedTest
  @MethodSource("marks")
  void isReadAsItWasWritten(OutcomeMark mark) {
    assertThat(OutcomeMark.parse(mark.text())).isEqualTo(mark);
  }

  @ParameterizedTest
  @MethodSource("marks")
  void aPartOfAMarkIsIncomplete(OutcomeMark mark) {
    String text = mark.text();
    for (int end = 0; end < text.length(); end++) {
      assertThat(OutcomeMark.parse(text.substring(0, end)))
          .as("%d characters", end)
          .isEqualTo(OutcomeMark.INCOMPLETE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update-state outcome mark 2\nsettled\n-\nend\n",
        "update-state outcome mark 1\nend\n",
        "update-state outcome mark 1\nsettled\nend\n",
        "update-state outcome mark 1\nsettled\nlong ago 9f2f\nend\n",
        "update-state outcome mark 1\nsettled\n9f2f\nend\n"
      })
  void aTextOfAnotherFormatIsIncomplete(String text) {
    assertThat(OutcomeMark.parse(text)).isEqualTo(OutcomeMark.INCOMPLETE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\nb", "\rb", "a\nb", "a\rb"})
  void aBootWhoseIdIsNotOneLineCountsAsUnknown(String bootId) {
    OutcomeMark mark = TWO.unsettled(Option.some(new Boot(bootId, Duration.ZERO)));
    assertThat(mark.boot()).isEmpty();
    assertThat(OutcomeMark.parse(mark.text())).isEqualTo(mark);
  }

  @Test
  void namesTheEventThatMadeTheDurableState() {
    OutcomeMark settled = TWO.settledBy(MADE);
    assertThat(settled.settled()).isTrue();
    assertThat(settled.names(DOWNLOAD)).isTrue();
    assertThat(settled.names(FAIL)).isFalse();
    assertThat(settled.isNone()).isFalse();
    assertThat(TWO.settledBy(LegalPath.at(7)).isNone()).isTrue();
  }

  @Test
  void namesNoEventUntilTheStateIsDurable() {
    assertThat(TWO.names(DOWNLOAD)).isFalse();
    assertThat(OutcomeMark.NONE.unsettled(BOOT).isNone()).isFalse();
  }

  @Test
  void namesNoEventOfOtherValues() {
    OutcomeMark settled = TWO.settledBy(MADE);
    for (UpdateEvent other : List.of(
        new Download("v3", "v1"),
        new Download("v2", "v0"),
        new Download("v2", "v1", true),
        new Check(),
        FAIL)) {
      assertThat(settled.names(other)).as("%s", other).isFalse();
    }
  }
}

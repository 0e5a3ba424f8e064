package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class UpdateEventProperties {
  @Property(tries = 500)
  void theConstructorAndTheFactoryAgree(@ForAll("texts") String text) {
    Values values = new Values(Option.some(text), Option.some("v1"), Option.none(), false);
    Either<String, UpdateEvent> made = UpdateEvent.of(EventType.DOWNLOAD, values);

    if (made.isRight()) {
      assertThat(made.get()).isEqualTo(new Download(text, "v1"));
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Download(text, "v1"))
          .withMessage(made.getLeft());
    }
  }

  @Property(tries = 500)
  void aVersionIsValidatedByItsCodePoints(@ForAll("texts") String text) {
    long loneSurrogates =
        text.codePoints().filter(c -> c >= 0xD800 && c <= 0xDFFF).count();
    boolean fine = loneSurrogates == 0
        && text.codePoints().noneMatch(Character::isISOControl)
        && text.codePoints().count() <= 255
        && !text.isBlank();
    Values values = new Values(Option.none(), Option.some(text), Option.none(), false);

    assertThat(UpdateEvent.of(EventType.VERIFY, values).isRight()).isEqualTo(fine);
  }

  @Property(tries = 300)
  void anErrorIsItsFirst4096CodePoints(@ForAll("wellFormed") String start) {
    String error = "e" + start.repeat(start.isEmpty() ? 0 : 5000 / start.length());
    int[] kept = error.codePoints().limit(4096).toArray();

    assertThat(new Fail(error).error()).isEqualTo(new String(kept, 0, kept.length));
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Character> characters = Arbitraries.frequencyOf(
        Tuple.of(40, Arbitraries.chars().range(' ', '~')),
        Tuple.of(1, Arbitraries.chars().ascii()),
        Tuple.of(2, Arbitraries.of(' ', '\t', '\u2003')),
        Tuple.of(1, Arbitraries.of('\uD83D', '\uDE80')));
    return Arbitraries.oneOf(
        characters.list().ofMaxSize(6).map(UpdateEventProperties::joined),
        wellFormed().map(text -> text.repeat(20)),
        Arbitraries.integers().between(250, 260).map("v"::repeat),
        Arbitraries.integers().between(250, 260).map("\uD83D\uDE80"::repeat));
  }

  @Provide
  Arbitrary<String> wellFormed() {
    return Arbitraries.of("a", "\u00E9", "\n", "\uD83D\uDE80", "\u4E2D")
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  private static String joined(List<Character> characters) {
    StringBuilder text = new StringBuilder();
    characters.forEach(text::append);
    return text.toString();
  }
}

package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/** Timestamps, against java.time. */
final class Rfc3339Properties {
  @Provide
  Arbitrary<Instant> instants() {
    return CodecProperties.instants();
  }

  @Property
  void parseIsTheInverseOfFormat(@ForAll("instants") Instant instant) {
    assertThat(Rfc3339.parse(Rfc3339.format(instant))).isEqualTo(Either.right(instant));
  }

  @Property
  void formatIsWhatJavaReadsAndGoWouldWrite(@ForAll("instants") Instant instant) {
    String text = Rfc3339.format(instant);
    assertThat(Instant.parse(text)).isEqualTo(instant);
    assertThat(text).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{0,8}[1-9])?Z");
  }

  @Property
  void readsEveryOffsetAsJavaDoes(
      @ForAll("instants") Instant instant, @ForAll @IntRange(min = -1079, max = 1079) int minutes) {
    OffsetDateTime time = instant.atOffset(ZoneOffset.ofTotalSeconds(minutes * 60));
    String text = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
    Either<String, Instant> parsed = Rfc3339.parse(text);
    boolean fourDigits = time.getYear() >= 0 && time.getYear() <= 9999;
    assertThat(parsed)
        .isEqualTo(fourDigits ? Either.right(instant) : Either.left("is not an RFC 3339 time"));
  }

  @Property
  void anyTextIsAnInstantInRangeOrAProblem(
      @ForAll @StringLength(max = 40) @CharRange(from = '+', to = ':') String digits,
      @ForAll @IntRange(min = 0, max = 35) int at) {
    String good = "2026-01-02T03:04:05.678901234+05:30";
    String text =
        good.substring(0, at) + digits + good.substring(Math.min(35, at + digits.length()));
    for (String each : new String[] {digits, text}) {
      Rfc3339.parse(each)
          .peek(instant ->
              assertThat(instant).isBetween(UpdateState.MIN_INSTANT, UpdateState.MAX_INSTANT));
    }
  }
}

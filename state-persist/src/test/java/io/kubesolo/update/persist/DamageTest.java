package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A bit that a worn flash cell has changed, and a file that was cut off. */
final class DamageTest {
  private static final byte[] SAMPLE = (Device.WHOLE
              .strip()
              .substring(0, Device.WHOLE.strip().length() - 2)
          + ",\n  \"newer\": {\"k\": [1.10, \"é😀\", null]}\n}\n")
      .getBytes(UTF_8);

  private static final UpdateState WHOLE = StateReader.read(SAMPLE).get().state();

  @Test
  void everyFlippedBitIsAnErrorOrAState() {
    int errors = 0;
    int different = 0;
    int same = 0;
    for (int bit = 0; bit < SAMPLE.length * 8; bit++) {
      byte[] flipped = SAMPLE.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Either<String, Document> read = StateReader.read(flipped);
      if (read.isLeft()) {
        assertThat(read.getLeft()).isNotBlank().matches("[^\\p{Cc}\\u2028\\u2029]+");
        errors++;
      } else if (read.get().state().equals(WHOLE)) {
        same++;
      } else {
        different++;
      }
    }
    System.out.printf(
        "bit flips: %d errors, %d other states, %d the same state%n", errors, different, same);
    assertThat(errors + different + same).isEqualTo(SAMPLE.length * 8);
    assertThat(errors).isGreaterThan(SAMPLE.length * 8 / 2 - SAMPLE.length);
    assertThat(different).isPositive();
  }

  @Test
  void everyTruncationIsAnErrorUntilTheLastBrace() {
    int errors = 0;
    int whole = 0;
    for (int length = 0; length <= SAMPLE.length; length++) {
      Either<String, Document> read = StateReader.read(Arrays.copyOf(SAMPLE, length));
      assertThat(read.isRight()).as("%s bytes", length).isEqualTo(length >= SAMPLE.length - 1);
      errors += read.isLeft() ? 1 : 0;
      whole += read.isRight() ? 1 : 0;
    }
    System.out.printf("truncations: %d errors, %d whole%n", errors, whole);
    assertThat(errors).isEqualTo(SAMPLE.length - 1);
    assertThat(whole).isEqualTo(2);
  }

  @Test
  void everyTailOfZerosIsAnErrorUntilTheLastBrace() {
    for (int length = 0; length < SAMPLE.length; length++) {
      byte[] zeros = Arrays.copyOf(Arrays.copyOf(SAMPLE, length), SAMPLE.length);
      assertThat(StateReader.read(zeros).isLeft()).as("%s bytes", length).isTrue();
    }
  }
}

package io.kubesolo.update.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RetriesTest {
  private static final Waiting<RuntimeException> NOTHING = () -> {};

  private Duration slept = Duration.ZERO;
  private final List<Duration> pauses = new ArrayList<>();
  private final Retries retries = new Retries(Retries.PAUSES, this::sleep);
  private int tries;

  private void sleep(Duration duration) {
    assertThat(duration).isLessThanOrEqualTo(Duration.ofSeconds(1));
    slept = slept.plus(duration);
  }

  /** Throws the given failures, one after the other, then succeeds. */
  private int run(HttpException... failures) throws HttpException {
    Iterator<HttpException> next = List.of(failures).iterator();
    return retries.run(
        () -> {
          tries++;
          pauses.add(slept);
          slept = Duration.ZERO;
          if (next.hasNext()) {
            throw next.next();
          }
          return tries;
        },
        NOTHING);
  }

  private static HttpException busy(long seconds) {
    return HttpException.retryAfter("busy", Optional.of(Duration.ofSeconds(seconds)));
  }

  @Test
  void triesAgainAfterGrowingPausesAndThenGivesUp() throws Exception {
    HttpException last = HttpException.retry("last");

    HttpException thrown = catchThrowableOfType(
        HttpException.class,
        () -> run(
            HttpException.retry("1"), HttpException.retry("2"), HttpException.retry("3"), last));

    assertThat(thrown).isSameAs(last);
    assertThat(pauses).extracting(Duration::toSeconds).containsExactly(0L, 1L, 2L, 4L);
  }

  @Test
  void endsWithTheFirstSuccess() throws Exception {
    assertThat(run(HttpException.retry("1"), HttpException.retry("2"))).isEqualTo(3);
  }

  @Test
  void doesNotRepeatWhatHasNoRemedyYet() {
    for (HttpException failure :
        List.of(HttpException.waiting("no"), HttpException.otherRequest("no"))) {
      tries = 0;

      assertThat(catchThrowableOfType(HttpException.class, () -> run(failure))).isSameAs(failure);
      assertThat(tries).isEqualTo(1);
    }
  }

  @Test
  void waitsAsLongAsTheServerAsksUpToAMinute() throws Exception {
    run(busy(0), busy(60), busy(7));

    assertThat(pauses).extracting(Duration::toSeconds).containsExactly(0L, 0L, 60L, 7L);
  }

  @Test
  void endsIfTheServerAsksForMoreThanAMinute() {
    assertThat(catchThrowableOfType(HttpException.class, () -> run(busy(61))))
        .hasMessage("busy, and asks to wait for 1m 1s");
    assertThat(tries).isEqualTo(1);
  }

  @Test
  void countsAnewAfterAReset() throws Exception {
    run(HttpException.retry("1"), HttpException.retry("2"), HttpException.retry("3"));
    retries.reset();

    run(HttpException.retry("1"), HttpException.retry("2"), HttpException.retry("3"));

    assertThat(tries).isEqualTo(8);
  }

  @Test
  void aPauseEndsWhenItIsPointless() {
    List<String> checks = new ArrayList<>();

    IllegalStateException thrown = catchThrowableOfType(
        IllegalStateException.class,
        () -> retries.run(
            () -> {
              throw busy(60);
            },
            () -> {
              checks.add("check");
              if (checks.size() == 3) {
                throw new IllegalStateException("given up");
              }
            }));

    assertThat(thrown).hasMessage("given up");
    assertThat(slept).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void anInterruptEndsAPause() {
    Retries interrupted = new Retries(Retries.PAUSES, duration -> {
      throw new InterruptedException();
    });
    HttpException failure = HttpException.retry("failure");

    assertThat(catchThrowableOfType(
            HttpException.class,
            () -> interrupted.run(
                () -> {
                  throw failure;
                },
                NOTHING)))
        .isSameAs(failure);
    assertThat(Thread.interrupted()).isTrue();
  }
}

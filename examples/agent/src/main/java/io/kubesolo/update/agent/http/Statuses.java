package io.kubesolo.update.agent.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** What a status other than success means for a download. */
final class Statuses {
  private Statuses() {}

  /** Returns whether an answer is a redirect. */
  static boolean redirects(HttpHead head) {
    return switch (head.status()) {
      case 301, 302, 303, 307, 308 -> head.field("location").isPresent();
      default -> false;
    };
  }

  /**
   * Returns the failure for a status. Load and faults of a server are temporary (408, 429, 5xx).
   * What an operator must change first (401, 403, 407, and every status that is not an error) is
   * temporary too, but not within this call. Every other 4xx is about the requested file, and so
   * about the offer.
   *
   * @param who begins the message
   */
  static HttpException failure(HttpHead head, String who) {
    String problem = "%s %d %s".formatted(who, head.status(), head.reason()).strip();
    return switch (head.status()) {
      case 408, 429 -> HttpException.retryAfter(problem, pause(head));
      case 401, 403, 407 -> HttpException.waiting(problem);
      default ->
        switch (head.status() / 100) {
          case 4 -> HttpException.otherRequest(problem);
          case 1, 2, 3 -> HttpException.waiting(problem);
          default -> HttpException.retryAfter(problem, pause(head));
        };
    };
  }

  /**
   * Returns how long the server asks to wait. A time of day is compared with the server's
   * own time, because the clock of a device may be wrong.
   */
  private static Optional<Duration> pause(HttpHead head) {
    return head.field("retry-after").flatMap(value -> {
      if (value.matches("[0-9]+")) {
        return Optional.of(seconds(value));
      }
      return instant(value)
          .flatMap(until -> head.field("date")
              .flatMap(Statuses::instant)
              .map(now -> Duration.between(now, until)))
          .map(pause -> pause.isNegative() ? Duration.ZERO : pause);
    });
  }

  private static Duration seconds(String digits) {
    try {
      return Duration.ofSeconds(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return Duration.ofSeconds(Long.MAX_VALUE);
    }
  }

  private static Optional<Instant> instant(String date) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

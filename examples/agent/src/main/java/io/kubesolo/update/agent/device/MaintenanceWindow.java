package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A time of the week, such as {@code Mon-Fri 02:00-04:00}, {@code Sat,Sun 00:00-24:00} or {@code
 * 23:00-01:00}. Without days it is every day. A window whose end is earlier than its start ends on
 * the next day; its day is the one on which it starts.
 *
 * <p>Immutable.
 *
 * @param days the days on which it begins
 * @param start its first moment
 * @param end the first moment after it; midnight is the end of the day
 */
public record MaintenanceWindow(Set<DayOfWeek> days, LocalTime start, LocalTime end) {
  private static final Pattern WINDOW =
      Pattern.compile("(?:(\\S+) +)?([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})");
  private static final Pattern TIME = Pattern.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]");
  private static final String END_OF_DAY = "24:00";

  /** Copies the set. */
  public MaintenanceWindow {
    days = Set.copyOf(days);
  }

  /** Parses a window. */
  static MaintenanceWindow parse(String text) throws Failure {
    Matcher parts = WINDOW.matcher(text.strip());
    if (!parts.matches()) {
      throw Failure.of(
          "\"%s\" is not a window like \"Mon-Fri 02:00-04:00\" or \"23:00-01:00\"".formatted(text));
    }
    Optional<Set<DayOfWeek>> days = days(parts.group(1));
    if (days.isEmpty()) {
      throw Failure.of("\"%s\": \"%s\" are not days like Mon, Mon-Fri or Sat,Sun"
          .formatted(text, parts.group(1)));
    }
    String start = parts.group(2);
    String end = parts.group(3);
    if (!TIME.matcher(start).matches() || !isEnd(end)) {
      throw Failure.of("\"%s\": a time is 00:00 to 23:59, or 24:00 as the end".formatted(text));
    }
    if (start.equals(end)) {
      throw Failure.of("\"%s\" has no length; the whole day is 00:00-24:00".formatted(text));
    }
    LocalTime last = end.equals(END_OF_DAY) ? LocalTime.MIDNIGHT : LocalTime.parse(end);
    return new MaintenanceWindow(days.get(), LocalTime.parse(start), last);
  }

  private static boolean isEnd(String time) {
    return time.equals(END_OF_DAY) || TIME.matcher(time).matches();
  }

  /** Returns the days of a text such as {@code Mon-Wed,Sat}, or none if it is not such a text. */
  private static Optional<Set<DayOfWeek>> days(@Nullable String text) {
    if (text == null) {
      return Optional.of(EnumSet.allOf(DayOfWeek.class));
    }
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String range : text.split(",", -1)) {
      String[] ends = range.split("-", -1);
      Optional<DayOfWeek> first = day(ends[0]);
      Optional<DayOfWeek> last = day(ends[ends.length - 1]);
      if (ends.length > 2 || first.isEmpty() || last.isEmpty()) {
        return Optional.empty();
      }
      for (DayOfWeek day = first.get(); day != last.get(); day = day.plus(1)) {
        days.add(day);
      }
      days.add(last.get());
    }
    return Optional.of(days);
  }

  private static Optional<DayOfWeek> day(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "mon" -> Optional.of(DayOfWeek.MONDAY);
      case "tue" -> Optional.of(DayOfWeek.TUESDAY);
      case "wed" -> Optional.of(DayOfWeek.WEDNESDAY);
      case "thu" -> Optional.of(DayOfWeek.THURSDAY);
      case "fri" -> Optional.of(DayOfWeek.FRIDAY);
      case "sat" -> Optional.of(DayOfWeek.SATURDAY);
      case "sun" -> Optional.of(DayOfWeek.SUNDAY);
      default -> Optional.empty();
    };
  }

  /** Returns whether a moment is within this window, by the wall clock of its time zone. */
  public boolean isOpen(ZonedDateTime moment) {
    LocalTime time = moment.toLocalTime();
    DayOfWeek day = moment.getDayOfWeek();
    boolean started = days.contains(day) && !time.isBefore(start);
    if (end.isAfter(start)) {
      return started && time.isBefore(end);
    }
    return started || (days.contains(day.minus(1)) && time.isBefore(end));
  }

  /** Returns the window as in device.json. */
  @Override
  public String toString() {
    String names = days.stream()
        .sorted()
        .map(day -> day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH))
        .collect(Collectors.joining(","));
    String last = end.equals(LocalTime.MIDNIGHT) ? END_OF_DAY : end.toString();
    String times = start + "-" + last;
    return days.size() == DayOfWeek.values().length ? times : names + " " + times;
  }
}

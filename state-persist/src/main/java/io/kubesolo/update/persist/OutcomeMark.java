package io.kubesolo.update.persist;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What is known of the writes of this boot whose outcome the sender may not have learned.
 *
 * <p>Immutable.
 *
 * @param settled whether the state file is durable; until then no event is decided on it
 * @param boot the moment at which the mark was written; none if it is unknown
 * @param writes the events that may have made the present state, and were not answered
 */
record OutcomeMark(boolean settled, Option<Boot> boot, List<Write> writes) {
  /** No write is without an answer. */
  static final OutcomeMark NONE = new OutcomeMark(true, Option.none(), List.of());

  /** A mark whose content is incomplete because its writer crashed. */
  static final OutcomeMark INCOMPLETE = new OutcomeMark(false, Option.none(), List.of());

  private static final String TITLE = "update-state outcome mark 1";
  private static final String SETTLED = "settled";
  private static final String UNSETTLED = "unsettled";
  private static final String NO_BOOT = "-";
  private static final String END = "end";
  private static final int FIRST_WRITE = 3;

  /**
   * A write after an accepted event. A revision does not identify it: if the lock file is replaced,
   * two processes can make the same revision. What other programs keep in the file does not count.
   *
   * @param checksum the checksum of the state that the event made
   * @param event the event with all its values, on one line
   */
  record Write(String checksum, String event) {
    static Write of(UpdateEvent event, UpdateState state) {
      return new Write(checksum(state), text(event));
    }

    /** Leaves out the history before the event, which takes most of the time and adds nothing. */
    private static String checksum(UpdateState state) {
      List<HistoryEntry> history = state.history();
      List<HistoryEntry> last = history.subList(Math.max(0, history.size() - 1), history.size());
      CRC32C checksum = new CRC32C();
      checksum.update(StateJson.encode(state.toBuilder().history(last).build()));
      return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    private boolean made(UpdateState state) {
      return checksum.equals(checksum(state));
    }

    private static String text(UpdateEvent event) {
      UpdateEvent.Values values = event.values();
      return String.join(
          " ",
          event.type().wireName(),
          quote(values.toVersion()),
          quote(values.runningVersion()),
          quote(values.error()),
          Boolean.toString(values.force()),
          Boolean.toString(values.retry()));
    }

    private static String quote(Option<String> text) {
      return text.isEmpty() ? "-" : StateJson.quote(text.get());
    }

    private static Write parse(String line) {
      int space = Math.max(0, line.indexOf(' '));
      return new Write(line.substring(0, space), line.substring(space + 1));
    }
  }

  OutcomeMark {
    boot = boot.isDefined() && isOneLine(boot.get().id()) ? boot : Option.none();
    writes = List.copyOf(writes);
  }

  private static boolean isOneLine(String text) {
    return text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
  }

  /** Returns whether there is nothing to record. */
  boolean isNone() {
    return settled && writes.isEmpty();
  }

  /** Returns this mark before the state file is replaced at a moment. */
  OutcomeMark unsettled(Option<Boot> now) {
    return new OutcomeMark(false, now, writes);
  }

  /** Returns this mark with one more write. */
  OutcomeMark with(Write write) {
    List<Write> more = new ArrayList<>(writes);
    more.add(write);
    return new OutcomeMark(settled, boot, more);
  }

  /** Returns this mark once a state is durable: no other write made it. */
  OutcomeMark settledBy(UpdateState state) {
    List<Write> made = new ArrayList<>(writes);
    made.removeIf(write -> !write.made(state));
    return new OutcomeMark(true, boot, made);
  }

  /** Returns whether an event made the state that is durable, and was not answered. */
  boolean names(UpdateEvent event) {
    String text = Write.text(event);
    for (Write write : writes) {
      if (write.event().equals(text)) {
        return settled;
      }
    }
    return false;
  }

  /** Returns the content of the mark's file. */
  String text() {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    text.append(settled ? SETTLED : UNSETTLED).append('\n');
    text.append(boot.isEmpty() ? NO_BOOT : line(boot.get())).append('\n');
    for (Write write : writes) {
      text.append(write.checksum()).append(' ').append(write.event()).append('\n');
    }
    return text.append(END).append('\n').toString();
  }

  private static String line(Boot boot) {
    return boot.uptime().toMillis() + " " + boot.id();
  }

  /** Parses the content of the mark's file; anything else than a whole mark is incomplete. */
  static OutcomeMark parse(String text) {
    List<String> lines = text.lines().toList();
    int end = lines.size() - 1;
    boolean whole = end >= FIRST_WRITE
        && lines.get(0).equals(TITLE)
        && lines.get(end).equals(END)
        && text.endsWith("\n");
    try {
      return whole ? parse(lines.subList(1, end)) : INCOMPLETE;
    } catch (IllegalArgumentException e) {
      return INCOMPLETE;
    }
  }

  private static OutcomeMark parse(List<String> lines) {
    return new OutcomeMark(
        lines.get(0).equals(SETTLED),
        boot(lines.get(1)),
        lines.subList(2, lines.size()).stream().map(Write::parse).toList());
  }

  private static Option<Boot> boot(String line) {
    int space = line.indexOf(' ');
    return Option.when(!line.equals(NO_BOOT), line)
        .map(known -> new Boot(
            known.substring(space + 1),
            Duration.ofMillis(Long.parseLong(known.substring(0, Math.max(0, space))))));
  }
}

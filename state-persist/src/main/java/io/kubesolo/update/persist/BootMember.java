package io.kubesolo.update.persist;

import io.vavr.control.Option;
import java.util.List;

/**
 * What the member {@code boot} holds in addition to the {@link io.kubesolo.update.core.Boot} that
 * was read from it. Every event writes a boot, and these members after it; a value that would be
 * lost by that becomes the member {@code unreadable}.
 *
 * @param unreadable the value, if no boot can be read from it
 * @param problem why it cannot be read
 * @param others the members that are written after the next boot, {@code "key": value} each
 */
record BootMember(Option<String> unreadable, String problem, List<String> others) {
  static final BootMember NONE = new BootMember(Option.none(), "", List.of());

  /** The problem of a value without an id. */
  static final String NO_ID = "it has no id";

  static BootMember read(List<String> others) {
    return others.isEmpty() ? NONE : new BootMember(Option.none(), "", others);
  }

  static BootMember unreadable(String text, String problem, List<String> others) {
    return new BootMember(Option.some(text), problem, others);
  }

  /** Returns this member after the next state was written. */
  BootMember with(boolean boot) {
    if (boot) {
      return read(others);
    }
    return unreadable.isDefined() || others.isEmpty()
        ? this
        : unreadable("{" + String.join(", ", others) + "}", NO_ID, others);
  }

  /** Returns a line that says why the boot cannot be read, if it cannot. */
  List<String> warnings() {
    return unreadable.isDefined()
        ? List.of("boot cannot be read and is kept as it is: " + problem)
        : List.of();
  }
}

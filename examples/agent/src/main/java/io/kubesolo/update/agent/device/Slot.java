package io.kubesolo.update.agent.device;

import java.util.Locale;
import java.util.Optional;

/** One of the two places that an operating system can boot from. */
public enum Slot {
  /** The first. */
  A,
  /** The second. */
  B;

  /** Returns the slot's name in the boot environment. */
  public String letter() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the other slot. */
  public Slot other() {
    return this == A ? B : A;
  }

  /** Returns the slot with a name, in lower or upper case; none if it is neither. */
  static Optional<Slot> of(String letter) {
    return switch (letter) {
      case "a", "A" -> Optional.of(A);
      case "b", "B" -> Optional.of(B);
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return letter();
  }
}

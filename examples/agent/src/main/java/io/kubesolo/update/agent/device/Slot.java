package io.kubesolo.update.agent.device;

import io.vavr.control.Option;
import java.util.Locale;

/** One of the two places that an operating system can boot from. */
public enum Slot {
  A,
  B;

  /** The slot as the boot environment names it. */
  String letter() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Slot other() {
    return this == A ? B : A;
  }

  static Option<Slot> of(String letter) {
    return switch (letter) {
      case "a" -> Option.some(A);
      case "b" -> Option.some(B);
      default -> Option.none();
    };
  }

  @Override
  public String toString() {
    return letter();
  }
}

package io.kubesolo.update.fsm.diagram;

import io.kubesolo.update.core.Phase;

/**
 * The colours of diagrams, which have a meaning: green is success, red is an update that was given
 * up, blue is work in progress, and idle is neutral. Purple marks a device. The shape
 * of a box, and not its colour, shows whether a phase is resting.
 *
 * @param name the name of the colour's class in style sheets
 * @param fill the colour of a box
 * @param line the colour of its border
 */
record Palette(String name, String fill, String line) {
  static final Palette NEUTRAL = new Palette("neutral", "#f6f8fa", "#57606a");
  static final Palette BUSY = new Palette("busy", "#ddf4ff", "#0550ae");
  static final Palette GOOD = new Palette("good", "#dafbe1", "#1a7f37");
  static final Palette BAD = new Palette("bad", "#ffebe9", "#b42318");
  static final Palette PRESENT = new Palette("present", "#efe3ff", "#6639ba");

  /** The colour of an edge that the device took. */
  static final String TAKEN = "#8250df";

  /** The colour of the edge that it took last. */
  static final String LAST = "#6639ba";

  static Palette of(Phase phase) {
    return switch (phase) {
      case IDLE -> NEUTRAL;
      case CHECKING, DOWNLOADING, STAGED, ACTIVATED, VERIFYING -> BUSY;
      case SUCCESS -> GOOD;
      case ROLLED_BACK, FAILED -> BAD;
    };
  }
}

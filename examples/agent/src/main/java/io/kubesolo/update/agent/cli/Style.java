package io.kubesolo.update.agent.cli;

/**
 * How a terminal shows a piece of text. A style ends with a reset, which every
 * terminal understands.
 */
enum Style {
  BOLD(1),
  RED(31),
  GREEN(32),
  YELLOW(33),
  CYAN(36);

  private static final String RESET = "\u001b[0m";

  private final String start;

  Style(int code) {
    this.start = "\u001b[" + code + "m";
  }

  /** Returns the text between the start and the end of the style. */
  String around(String text) {
    return text.isEmpty() ? text : start + text + RESET;
  }
}

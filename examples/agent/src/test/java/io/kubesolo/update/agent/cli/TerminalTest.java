package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text on terminals of every kind. */
final class TerminalTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({
    "xterm, , , true, 80",
    "xterm-256color, '', 48, true, 48",
    "linux, , 160, true, 160",
    "dumb, , , false, 80",
    "'', , , false, 80",
    ", , , false, 80",
    "xterm, 1, , false, 80",
    "xterm, , wide, true, 80",
    "xterm, , 3, true, 20",
    "xterm, , 99999, true, 80"
  })
  void followsTheEnvironment(
      String term, String noColor, String columns, boolean colour, int width) {
    Map<String, String> environment = new HashMap<>();
    environment.put("TERM", term);
    environment.put("NO_COLOR", noColor);
    environment.put("COLUMNS", columns);

    assertThat(Terminal.of(environment::get)).isEqualTo(new Terminal(colour, width));
  }

  @Test
  void everyStyleEndsByAReset() {
    for (Style style : Style.values()) {
      assertThat(style.around("x")).matches("\u001b\\[[0-9]+mx\u001b\\[0m");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "one two three, 9, one two|three",
    "one two three, 3, one|two|three",
    "a-long-word it is, 5, a-long-word|it is",
    "one two, 0, one two",
    "one two, 7, one two"
  })
  void textIsBrokenBetweenWords(String text, int width, String lines) {
    assertThat(String.join("|", TextLayout.wrap(text, width))).isEqualTo(lines);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T07:05:09.999Z, Europe/Berlin, 2026-01-31 08:05:09 +01:00",
    "2026-07-31T07:05:09Z, America/St_Johns, 2026-07-31 04:35:09 -02:30",
    "0001-01-01T00:00:00Z, UTC, 0001-01-01 00:00:00 UTC"
  })
  void timesAreLocalToTheSecondAndNameTheZone(Instant moment, ZoneId zone, String text) {
    assertThat(LocalTime.of(moment, zone)).isEqualTo(text);
  }

  @Test
  void textIsStyledForATerminalOnly() {
    CommandLineRun.Result piped = new CommandLineRun(folder.resolve("state.json")).run("status");
    String shown = CommandLineRun.onTerminal(
        new Terminal(true, 40), "--state", folder.resolve("state.json").toString(), "status");

    assertThat(piped.out()).doesNotContain("\u001b");
    assertThat(shown).contains("\u001b[1midle\u001b[0m").doesNotContain("\u001b[21m", "\u001b[39m");
  }
}

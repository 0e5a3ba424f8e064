package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.testing.mistake.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** DURABILITY.md names tests that exist, and every mistake that is planted. */
final class DurabilityPageTest {
  private static final Pattern NAME = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

  private static String page() throws IOException {
    return Files.readString(Path.of("DURABILITY.md"));
  }

  private static String source(String test) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      return Files.readString(files
          .filter(file -> file.endsWith(test + ".java"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no test of the name " + test)));
    }
  }

  @Test
  void namesTestsThatExist() throws IOException {
    List<MatchResult> names = NAME.matcher(page()).results().toList();
    assertThat(names).hasSizeGreaterThan(30);
    for (MatchResult name : names) {
      String source = source(name.group(1));
      if (name.group(2) != null) {
        assertThat(source).as(name.group()).contains(" void " + name.group(2) + "(");
      }
    }
  }

  @Test
  void namesEveryMistakeThatIsPlanted() throws IOException {
    String page = page().replaceAll("\\s+", " ");
    assertThat(MistakesTest.mistakes().map(Mistake::name)).allMatch(page::contains);
  }
}

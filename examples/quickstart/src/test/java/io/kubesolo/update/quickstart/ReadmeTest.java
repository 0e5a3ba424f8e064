package io.kubesolo.update.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages show the Quickstart as it is compiled, and link to what exists. */
class ReadmeTest {
  private static final Path TOP = Path.of("../..");
  private static final Path README = TOP.resolve("README.md");
  private static final Path QUICKSTART =
      Path.of("src/main/java/io/kubesolo/update/quickstart/Quickstart.java");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  @Test
  void showTheWholeQuickstart() throws IOException {
    assertThat(TOP.resolve("examples/README.md"))
        .content()
        .contains("```java\n" + Files.readString(QUICKSTART) + "```\n");
  }

  @Test
  void showHowTheQuickstartUpdates() throws IOException {
    String update = Files.readAllLines(QUICKSTART).stream()
        .dropWhile(line -> !line.startsWith("  private static void update("))
        .takeWhile(line -> !line.equals("  }"))
        .collect(Collectors.joining("\n", "", "\n  }"));

    assertThat(README).content().contains("```java\n" + update.stripIndent() + "\n```\n");
  }

  @Test
  void theFirstPageIsShort() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(150);
  }

  @Test
  void linkToFilesAndHeadingsThatExist() throws IOException {
    List<Path> pages = pages();
    assertThat(pages).contains(README).hasSizeGreaterThan(7);
    for (Path page : pages) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
        assertThat(target).as("%s in %s", link.group(), page).exists();
        if (link.group(2) != null) {
          assertThat(headings(target)).as("%s in %s", link.group(), page).contains(link.group(2));
        }
      }
    }
  }

  /**
   * Returns the Markdown files of the project, which has none in folders that builds or tools
   * fill.
   */
  private static List<Path> pages() throws IOException {
    try (Stream<Path> files =
        Files.find(TOP, 4, (file, found) -> file.toString().endsWith(".md"))) {
      return files
          .filter(file -> !file.toString().matches(".*/(target|node_modules)/.*"))
          .toList();
    }
  }

  /** Returns the anchors of a page, as GitHub makes them of its headings. */
  private static List<String> headings(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
        .toList();
  }
}

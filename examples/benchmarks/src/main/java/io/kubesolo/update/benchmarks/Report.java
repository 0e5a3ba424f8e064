package io.kubesolo.update.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes tables in a README of what the parts measured, and a plot of each section beside it. */
public final class Report {
  private Report() {}

  /**
   * Replaces the block below each marker, up to the next blank line, and writes the plots. A section
   * of which there is no result stays as it is.
   *
   * @param arguments the folder of results files, and the README
   * @throws IOException if a file cannot be read or written
   * @throws IllegalArgumentException if a file of the folder is no results file, or the README has
   *     no marker for a section
   */
  public static void main(String[] arguments) throws IOException {
    Path results = Path.of(arguments[0]);
    Path readme = Path.of(arguments[1]).toAbsolutePath();
    List<String> lines = new ArrayList<>(Files.readAllLines(readme));
    Path machine = results.resolve("machine.md");
    if (Files.exists(machine)) {
      replace(lines, "<!-- machine: written by the run -->", Files.readAllLines(machine));
    }
    for (Map.Entry<String, List<Result>> section : sections(results).entrySet()) {
      String marker = "<!-- " + section.getKey() + ": written by the run -->";
      replace(lines, marker, Table.of(section.getValue()));
      Path plot = readme.resolveSibling(section.getKey() + ".svg");
      Files.writeString(plot, Plot.of(section.getValue()));
    }
    Files.write(readme, lines);
  }

  private static Map<String, List<Result>> sections(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
    }
    List<Result> results = new ArrayList<>();
    for (Path file : files) {
      results.addAll(Result.read(file));
    }
    return results.stream()
        .collect(Collectors.groupingBy(Result::section, LinkedHashMap::new, Collectors.toList()));
  }

  private static void replace(List<String> lines, String marker, List<String> block) {
    int start = lines.indexOf(marker) + 1;
    if (start == 0) {
      throw new IllegalArgumentException("the README has no line " + marker);
    }
    int end = start;
    while (end < lines.size() && !lines.get(end).isBlank()) {
      end++;
    }
    lines.subList(start, end).clear();
    lines.addAll(start, block);
  }
}

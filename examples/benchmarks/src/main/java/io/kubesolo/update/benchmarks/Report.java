package io.kubesolo.update.benchmarks;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes results into a README as tables, with a plot of each section beside it. */
public final class Report {
  private Report() {}

  /** Describes the machine that the benchmarks run on, which gives no results. */
  static List<Result> machine(Path readme) throws IOException {
    FileStore store = Files.getFileStore(readme);
    String system = System.getProperty("os.name") + " " + System.getProperty("os.version");
    String jvm = System.getProperty("java.vm.name") + " " + Runtime.version();
    List<String> block = List.of(
        "| | |",
        "| --- | --- |",
        "| CPU | " + first("/proc/cpuinfo", "model name") + " |",
        "| cores | " + Runtime.getRuntime().availableProcessors() + " |",
        "| memory | " + first("/proc/meminfo", "MemTotal") + " |",
        "| kernel | " + system + " |",
        "| JDK | " + jvm + " |",
        "| file system | " + store.type() + " on " + store.name() + " |");
    replace(readme, "machine", block);
    return List.of();
  }

  private static String first(String file, String key) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /**
   * Replaces the tables and plots of what was measured.
   *
   * @param readme the README
   * @param results the results; ratios are to the first one of a section
   * @throws IOException if the README or a plot cannot be written
   */
  public static void write(Path readme, List<Result> results) throws IOException {
    Map<String, List<Result>> sections = results.stream()
        .collect(Collectors.groupingBy(Result::section, LinkedHashMap::new, Collectors.toList()));
    for (Map.Entry<String, List<Result>> section : sections.entrySet()) {
      replace(readme, section.getKey(), Table.of(section.getValue()));
      Path plot = readme.toAbsolutePath().resolveSibling(section.getKey() + ".svg");
      Files.writeString(plot, Plot.of(section.getValue()));
    }
  }

  /**
   * Replaces the lines between a section's marker and the next blank line, and prints them.
   *
   * @param readme the README
   * @param section the section
   * @param block the new lines
   * @throws IOException if the README cannot be written
   */
  public static void replace(Path readme, String section, List<String> block) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(readme));
    String marker = "<!-- " + section + ": written by the run -->";
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
    Files.write(readme, lines);
    block.forEach(System.out::println);
  }
}

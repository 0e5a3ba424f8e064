package io.kubesolo.update.benchmarks;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes down what machine the benchmarks run on. */
public final class Machine {
  private Machine() {}

  /**
   * Writes one table of Markdown, and prints it.
   *
   * @param arguments the file to write, whose file system is told too
   * @throws IOException if it cannot be written, or the kernel does not tell
   */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]).toAbsolutePath();
    Path folder = Files.createDirectories(file.resolveSibling(""));
    Files.write(file, describe(folder));
    Files.copy(file, System.out);
  }

  private static List<String> describe(Path folder) throws IOException {
    FileStore store = Files.getFileStore(folder);
    return List.of(
        "| | |",
        "| --- | --- |",
        "| CPU | " + first("/proc/cpuinfo", "model name") + " |",
        "| cores | " + Runtime.getRuntime().availableProcessors() + " |",
        "| memory | " + first("/proc/meminfo", "MemTotal") + " |",
        "| kernel | " + System.getProperty("os.name") + " " + System.getProperty("os.version")
            + " |",
        "| JDK | " + System.getProperty("java.vm.name") + " " + Runtime.version() + " |",
        "| file system | " + store.type() + " on " + store.name() + " |");
  }

  private static String first(String file, String key) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}

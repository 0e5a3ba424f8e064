package io.kubesolo.update.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What {@code --version} prints. */
final class Version {
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  private Version() {}

  static List<String> lines() {
    return List.of(
        "update-agent " + UpdateAgent.VERSION,
        "Java " + System.getProperty("java.version"),
        classArchive()
            .map(path -> "class archive: " + path)
            .orElse("class archive: none is used, so each start takes twice the time; start the"
                + " agent by its launcher, reinstall the package, or make an archive for this jar"
                + " (Packaging in the README of the agent)"));
  }

  /** Returns the class archive that this process has mapped; none if it started without one. */
  private static Optional<String> classArchive() {
    try (Stream<String> mappings = Files.lines(MAPPINGS)) {
      return mappings
          .filter(line -> line.endsWith("/update-agent.jsa") || line.endsWith("/update-agent.aot"))
          .map(line -> line.substring(line.indexOf('/')))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

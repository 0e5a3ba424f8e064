package io.kubesolo.update.agent;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a test needs of the machine it runs on. Where it is missing, that is said loudly. */
final class Tools {
  private Tools() {}

  static void assumePresent(String program) {
    boolean found = Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assume(found, program + " is not installed");
  }

  static void assume(boolean met, String otherwise) {
    if (!met) {
      System.err.println("*** SKIPPED, although it should run before a release: " + otherwise);
    }
    assumeTrue(met, otherwise);
  }
}

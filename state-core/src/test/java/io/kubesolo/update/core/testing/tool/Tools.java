package io.kubesolo.update.core.testing.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a test needs of the machine it runs on. Where it is missing, the test is skipped loudly; with
 * REQUIRE_TOOLS=true in the environment, as in CI, it fails.
 */
public final class Tools {
  private Tools() {}

  /** A program in the path. */
  public static void assumePresent(String program) {
    boolean found = Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assume(found, program + " is not installed");
  }

  /** Root, who alone may mount and make devices. */
  public static void assumeRoot() {
    assume(System.getProperty("user.name", "").equals("root"), "only root may do this");
  }

  /** A new directory in memory where the machine has one, for tests that need no disk. */
  public static Path directoryInMemory() throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "update-agent-")
        : Files.createTempDirectory("update-agent-");
  }

  /** A condition, with what is so otherwise. */
  public static void assume(boolean met, String otherwise) {
    if (!met) {
      assertThat(System.getenv("REQUIRE_TOOLS")).as(otherwise).isNotEqualTo("true");
      System.err.println("*** SKIPPED, although it should run before a release: " + otherwise);
    }
    assumeTrue(met, otherwise);
  }
}

package io.kubesolo.update.core.testing.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The tools and rights that a test needs on its machine. If one is missing, the test is skipped
 * with a message; with REQUIRE_TOOLS=true in the environment, as in CI, it fails.
 */
public final class Tools {
  private Tools() {}

  /** Requires a program in the path. */
  public static void assumePresent(String program) {
    boolean found = Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assume(found, program + " is not installed");
  }

  /** Requires root, for mounts and devices. */
  public static void assumeRoot() {
    assume(System.getProperty("user.name", "").equals("root"), "only root may do this");
  }

  /** Creates a directory, in memory if the machine allows it, for tests that need no disk. */
  public static Path directoryInMemory() throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "update-agent-")
        : Files.createTempDirectory("update-agent-");
  }

  /**
   * Requires a condition: skips the test if it is not met, or fails it if {@code REQUIRE_TOOLS} is set.
   *
   * @param otherwise why the test cannot run
   */
  public static void assume(boolean met, String otherwise) {
    if (!met) {
      assertThat(System.getenv("REQUIRE_TOOLS")).as(otherwise).isNotEqualTo("true");
      System.err.println("*** SKIPPED, although it should run before a release: " + otherwise);
    }
    assumeTrue(met, otherwise);
  }
}

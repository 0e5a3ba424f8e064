package io.kubesolo.update.agent;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a test needs of the machine. A test that finds it missing says so in a line of its own and is
 * skipped; where REQUIRE_TOOLS=true, as in CI, it fails.
 */
final class Tools {
  private Tools() {}

  static void need(String... programs) {
    for (String program : programs) {
      if (!Shell.run("sh", "-c", "command -v " + program).succeeded()) {
        missing(program + " is not installed");
      }
    }
  }

  static void needRoot() {
    if (!Shell.run("id", "-u").out().strip().equals("0")) {
      missing("only root may do this");
    }
  }

  /** The test cannot go on. */
  static RuntimeException missing(String what) {
    String line = "SKIPPED: " + what;
    if (Objects.equals(System.getenv("REQUIRE_TOOLS"), "true")) {
      return fail(line + ", and REQUIRE_TOOLS=true");
    }
    System.out.println(line);
    return abort(line);
  }

  /** A new directory in memory where the machine has one, for tests that need no disk. */
  static Path fastDirectory() throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "update-agent-")
        : Files.createTempDirectory("update-agent-");
  }
}

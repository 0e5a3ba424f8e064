package io.kubesolo.update.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void useAStateFileOfItsOwn() {
    file = folder.resolve("state.json");
  }

  @Test
  void updatesFromOneVersionToTheNext() throws IOException {
    assertThat(run("v1.0"))
        .containsExactly(
            "checking is durable: do the work of this phase now",
            "downloading is durable: do the work of this phase now",
            "staged is durable: do the work of this phase now",
            "activated is durable: do the work of this phase now");
    assertThat(run("v1.1")).containsExactly("success is durable: do the work of this phase now");
    assertThat(Files.readString(file))
        .contains(
            "\"phase\": \"success\"", "\"from_version\": \"v1.0\"", "\"to_version\": \"v1.1\"");
  }

  @Test
  void stopsAtTheFirstRejection() throws IOException {
    run("v1.0");
    byte[] activated = Files.readAllBytes(file);

    assertThat(run("v1.0"))
        .singleElement()
        .asString()
        .startsWith("check is illegal in activated; permitted: verify, ");
    assertThat(file).hasBinaryContent(activated);
  }

  @Test
  void reportsWhyAFileCannotBeUsed() throws IOException {
    Files.writeString(file, "{}\n");

    assertThat(run("v1.0")).singleElement().asString().startsWith(file + ": there is no phase");
    assertThat(file).hasContent("{}\n");
  }

  private String[] run(String runningVersion) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(bytes, true, UTF_8)) {
      System.setOut(captured);
      System.setErr(captured);
      Quickstart.main(new String[] {file.toString(), runningVersion});
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return bytes.toString(UTF_8).lines().toArray(String[]::new);
  }
}

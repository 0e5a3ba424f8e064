package io.kubesolo.update.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  @TempDir
  Path folder;

  @Test
  void actsOnEachEventOnceItIsDurable() throws IOException {
    Path file = folder.resolve("state.json");

    assertThat(run(file))
        .containsExactly(
            "checking is durable: do the work of this phase now",
            "downloading is durable: do the work of this phase now",
            "failed is durable: do the work of this phase now");
    assertThat(Files.readString(file)).contains("\"last_error\": \"no route to host\"");
  }

  @Test
  void goesOnFromWhatIsOnTheDisk() {
    Path file = folder.resolve("state.json");
    run(file);

    assertThat(run(file))
        .containsExactly("check is illegal in failed; permitted: download, acknowledge");
  }

  @Test
  void saysWhyAFileCannotBeUsed() throws IOException {
    Path file = Files.writeString(folder.resolve("state.json"), "{}\n");

    assertThat(run(file)).singleElement().asString().startsWith(file + ": there is no phase");
    assertThat(file).hasContent("{}\n");
  }

  private static String[] run(Path file) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(bytes, true, UTF_8)) {
      System.setOut(captured);
      System.setErr(captured);
      Quickstart.main(new String[] {file.toString()});
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return bytes.toString(UTF_8).lines().toArray(String[]::new);
  }
}

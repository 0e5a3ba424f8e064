package io.kubesolo.update.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
  @TempDir
  Path folder;

  @Test
  void printsEachEventOnceItIsDurable() throws IOException {
    Path file = folder.resolve("state.json");

    assertThat(run(file))
        .containsExactly(
            "check is durable: checking",
            "download is durable: downloading",
            "fail is durable: failed");
    assertThat(Files.readString(file)).contains("\"last_error\": \"no route to host\"");
  }

  @Test
  void goesOnFromWhatIsOnTheDisk() throws IOException {
    Path file = folder.resolve("state.json");
    run(file);

    assertThat(run(file))
        .containsExactly("download is durable: downloading", "fail is durable: failed");
  }

  @Test
  void saysWhyAFileCannotBeUsed() throws IOException {
    Path file = Files.writeString(folder.resolve("state.json"), "{}\n");

    assertThatThrownBy(() -> run(file)).hasMessageContaining(file.toString());
  }

  private static String[] run(Path file) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      Quickstart.main(new String[] {file.toString()});
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
  }
}

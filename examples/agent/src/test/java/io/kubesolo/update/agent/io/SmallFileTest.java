package io.kubesolo.update.agent.io;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
class SmallFileTest {
  @TempDir
  Path folder;

  /** Checks a fifo too: opening one without a writer blocks forever. */
  @Test
  void refusesWhatIsNoRegularFile() throws Exception {
    Path fifo = folder.resolve("fifo");
    Shell.must("mkfifo", fifo.toString());
    Path link = Files.createSymbolicLink(folder.resolve("link"), fifo);

    for (Path file : new Path[] {fifo, link, Path.of("/dev/zero")}) {
      assertThat(messageOf(() -> SmallFile.read(file)))
          .isEqualTo(file + ": is not a regular file; replace it by one");
    }
  }

  @Test
  void followsALinkToARegularFile() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "content");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    assertThat(SmallFile.read(link)).asString().isEqualTo("content");
    assertThat(SmallFile.readStart(link, 3)).asString().isEqualTo("con");
  }

  @Test
  void saysWhatTheSystemSays() throws Exception {
    assertThat(messageOf(() -> SmallFile.read(folder))).contains("is a directory");
    assertThat(messageOf(() -> SmallFile.read(folder.resolve("none"))))
        .contains("no such file or directory");
  }
}

package io.kubesolo.update.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class RebootProcessTest {
  @TempDir
  Path dir;

  @Test
  @Timeout(60)
  void leavesACommandThatDoesNotEndRunningAndSaysSo() throws Exception {
    RebootProcess reboot = new RebootProcess(dir, Duration.ofSeconds(1));

    assertThatThrownBy(() -> reboot.run(List.of(
            "sh",
            "-c",
            "echo waits; until [ -e go ]; do sleep 0.1; done;" + " touch rebooted; rm go")))
        .hasMessage("the reboot command has not ended within 1s, and keeps running: waits");

    Path go = Files.createFile(dir.resolve("go"));
    while (Files.exists(go)) {
      Thread.sleep(20);
    }
    assertThat(dir.resolve("rebooted")).exists();
  }

  @Test
  void isDoneWhenTheCommandSucceeds() {
    RebootProcess reboot = new RebootProcess(dir);

    assertThatCode(() -> reboot.run(List.of("true"))).doesNotThrowAnyException();
  }
}

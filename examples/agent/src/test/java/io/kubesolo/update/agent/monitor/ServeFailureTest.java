package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.Main;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that runs but serves nothing would not be restarted. */
@Timeout(60)
class ServeFailureTest {
  @TempDir
  Path folder;

  @Test
  void endsInOneLineIfItsThreadFails() {
    Tools.assumePresent("strace");

    Shell.Result ended = Shell.run(
        "strace",
        "-f",
        "-qq",
        "-e",
        "signal=none",
        "-o",
        folder.resolve("log").toString(),
        "-e",
        "inject=?epoll_wait,?epoll_pwait:error=EIO:when=3",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "--state",
        folder.resolve("state.json").toString(),
        "serve",
        "--listen",
        "127.0.0.1:0");

    assertThat(ended.code()).as("%s", ended).isEqualTo(1);
    assertThat(ended.err())
        .startsWith("update-agent: http://127.0.0.1:")
        .contains("the server has failed: java.io.IOException: ")
        .endsWith("; start it again\n")
        .hasLineCount(1);
  }
}

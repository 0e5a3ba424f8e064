package io.kubesolo.update.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.LinuxBoot;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a person sees on terminals of three widths, compared with stored files. {@code -Drewrite} replaces
 * these files.
 */
@Timeout(120)
final class TerminalIT {
  private static final Path AGENT = Path.of("update-agent").toAbsolutePath();
  private static final Path EXPECTED = Path.of("src/test/resources/terminal");
  private static final String SOCKET = "update-agent-" + ProcessHandle.current().pid();

  /** A fixed place, because the path is part of what is shown. */
  private static final Path DIR = Path.of("/tmp/update-agent-terminal");

  private static final String STATE = """
      {
        "phase": "failed",
        "from_version": "v1.0.3+20260101",
        "to_version": "v1.1.0+20260201",
        "started_at": "2026-02-01T02:00:00Z",
        "updated_at": "2026-02-01T02:10:09.123456Z",
        "last_error": "http://updates.example.org/v1.1.0.img: cut off after 1234567 of 9876543 bytes",
        "attempt_count": 2,
        "revision": 7,
        "boot": {"id": "%s", "uptime_s": %d},
        "history": [
          {"at": "2026-02-01T01:00:00Z", "event": "download", "from": "checking", "to": "downloading", "to_version": "v1.1.0+20260201"},
          {"at": "2026-02-01T01:30:00Z", "event": "cancel", "from": "downloading", "to": "idle", "to_version": "v1.1.0+20260201"},
          {"at": "2026-02-01T02:00:00Z", "event": "download", "from": "idle", "to": "downloading", "to_version": "v1.1.0+20260201"},
          {"at": "2026-02-01T02:10:09Z", "event": "fail", "from": "downloading", "to": "failed", "to_version": "v1.1.0+20260201", "error": "cut off"}
        ]
      }
      """;

  @BeforeEach
  void aFailedDownload() throws IOException {
    Tools.assumePresent("tmux");
    Files.createDirectories(DIR);
    Boot boot = LinuxBoot.now().get();
    Files.writeString(
        DIR.resolve("state.json"), STATE.formatted(boot.id(), boot.uptime().toSeconds()));
  }

  @AfterEach
  void closeTheTerminal() throws IOException {
    Shell.run("tmux", "-L", SOCKET, "kill-server");
    Files.deleteIfExists(DIR.resolve("state.json"));
    Files.deleteIfExists(DIR);
  }

  @ParameterizedTest
  @CsvSource({
    "48, status, status",
    "80, status, status",
    "160, status, status",
    "48, history, history",
    "80, history, history",
    "160, history, history",
    "48, help, help",
    "80, help, help",
    "160, help, help",
    "48, help send, help-send",
    "80, help send, help-send",
    "160, help send, help-send",
    "48, help what-if, help-what-if",
    "80, help what-if, help-what-if",
    "160, help what-if, help-what-if",
    "48, what-if acknowledge download to_version=v1 running_version=v1, what-if",
    "80, what-if acknowledge download to_version=v1 running_version=v1, what-if",
    "160, what-if acknowledge download to_version=v1 running_version=v1, what-if"
  })
  void looksAsExpected(int width, String command, String name) throws Exception {
    String shown = show(width, command, "-p").replaceAll("for \\d+s", "for Ns");
    Path expected = EXPECTED.resolve("%s-%d.txt".formatted(name, width));
    if (System.getProperty("rewrite") != null) {
      Files.createDirectories(EXPECTED);
      Files.writeString(expected, shown);
    }

    assertThat(shown).isEqualTo(Files.readString(expected));
  }

  @Test
  void noStyleReachesTheLinesAfterIt() throws Exception {
    String shown = show(80, "status", "-pe");

    assertThat(shown).contains("\u001b[31m");
    assertThat(shown.lines()).contains("attempt      2 of 3", "revision     7");
  }

  /** Runs a command in a terminal, and returns what the terminal shows once it has ended. */
  private static String show(int width, String command, String capture)
      throws InterruptedException {
    String line = "env -u NO_COLOR TZ=UTC JAVA_HOME=%s %s --state %s %s; echo END; exec sleep 60"
        .formatted(System.getProperty("java.home"), AGENT, DIR.resolve("state.json"), command);
    Shell.must(
        "tmux",
        "-L",
        SOCKET,
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-x",
        Integer.toString(width),
        "-y",
        "200",
        "sh",
        "-c",
        line);
    String screen = "";
    while (!screen.contains("\nEND")) {
      TimeUnit.MILLISECONDS.sleep(100);
      screen = Shell.run("tmux", "-L", SOCKET, "capture-pane", capture).out();
    }
    return screen.substring(0, screen.indexOf("\nEND") + 1);
  }
}

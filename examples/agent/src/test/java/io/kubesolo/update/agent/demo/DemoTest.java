package io.kubesolo.update.agent.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.Main;
import io.kubesolo.update.agent.cli.CommandContext;
import io.kubesolo.update.agent.download.BadServerTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a process of its own, in folders that show everything that it leaves. */
@Timeout(60)
final class DemoTest {
  @TempDir
  Path dir;

  @Test
  void showsEveryOutcomeAndLeavesNothingOutsideTheFolderThatItNames() throws Exception {
    Path temporary = Files.createDirectory(dir.resolve("tmp"));
    Path home = Files.createDirectory(dir.resolve("home"));
    Path said = dir.resolve("said");
    ProcessBuilder builder = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:-UsePerfData",
        "-Djava.io.tmpdir=" + temporary,
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "demo");
    builder.directory(home.toFile()).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("HOME", home.toString());
    builder
        .environment()
        .put(CommandContext.STATE_VARIABLE, home.resolve("state.json").toString());
    Process demo = builder.start();
    try {
      assertThat(demo.waitFor(50, TimeUnit.SECONDS)).isTrue();
    } finally {
      demo.destroyForcibly();
    }
    String text = Files.readString(said, UTF_8);

    assertThat(demo.exitValue()).as(text).isZero();
    Path folder = BadServerTest.onlyFile(temporary);
    assertThat(text).contains("All of this is in " + folder);
    assertThat(home).isEmptyDirectory();
    assertThat(processesOf(folder)).isEmpty();
    assertThat(text.lines())
        .contains(
            "check: idle -> checking",
            "download: checking -> downloading v1.1",
            "confirm: verifying -> success",
            "acknowledge: success -> idle",
            "rollback: verifying -> rolled_back: health check failed: exit code 1: no network",
            "v1.4 is healthy, slot a is marked good")
        .anyMatch(line -> line.startsWith("fail: downloading -> failed: http://127.0.0.1:"))
        .anyMatch(line -> line.matches("killed, with [0-9]+ of 1048576 bytes on the disk"))
        .anyMatch(line -> line.matches("resumes at byte [0-9]+ of 1048576"))
        .noneMatch(line -> line.contains("Exception"));
  }

  private static List<String> processesOf(Path folder) throws IOException {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }
}

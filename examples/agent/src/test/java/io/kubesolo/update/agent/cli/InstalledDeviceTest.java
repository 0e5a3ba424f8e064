package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands as an operator types them on a device whose directory is the default one. */
@Timeout(60)
final class InstalledDeviceTest extends DeviceWithServer {
  private Path state;

  @BeforeEach
  void findState() {
    state = device.dir.resolve("state.json");
  }

  /** Runs a command on a machine whose default state file is the device's. */
  private Result typed(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = UpdateAgent.run(
        new Output(new ResultStream(out), new PrintStream(err, true, UTF_8)),
        InputStream.nullInputStream(),
        environment::get,
        pause -> {},
        state,
        arguments);
    return new Result(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private Result typed(String... arguments) {
    return typed(Map.of(), arguments);
  }

  @Test
  void needNoOptions() {
    assertThat(typed("apply").code()).isZero();

    assertThat(typed("status").out())
        .startsWith("runs         v1 in slot a")
        .contains("to do        run activate, and reboot");
  }

  @Test
  void knowTheDeviceWhoseConfigurationIsALinkIntoNothing() throws IOException {
    Path config = device.dir.resolve("device.json");
    Files.delete(config);
    Files.createSymbolicLink(config, dir.resolve("etc/device.json"));

    assertThat(typed("status").out()).startsWith("runs         unknown: ");
    assertThat(typed("check").err()).contains("device.json: no such file");
  }

  @Test
  void needADeviceWhereThereIsNone() throws IOException {
    Files.delete(device.dir.resolve("device.json"));

    assertThat(typed("status").out()).startsWith("phase        idle");
    assertThat(typed("check").code()).isEqualTo(2);
  }

  @Test
  void areNotAboutTheDeviceIfAStateFileIsNamed() {
    String other = dir.resolve("other.json").toString();

    assertThat(typed("--state", other, "status").out()).doesNotContain("runs ");
    assertThat(typed("--state", other, "check").code()).isEqualTo(2);
    assertThat(typed(Map.of(CommandContext.STATE_VARIABLE, other), "check").code())
        .isEqualTo(2);
  }

  @Test
  void areAboutTheDeviceThatIsNamed() {
    Path other = dir.resolve("other");

    assertThat(typed("--device", other.toString(), "check").err()).contains(other + "/device.json");
    assertThat(typed(Map.of(CommandContext.DEVICE_VARIABLE, other.toString()), "check")
            .err())
        .contains(other + "/device.json");
  }

  @Test
  void adviseARepairThatKeepsTheVersionThatFailed() throws IOException {
    failsItsCheck();
    Files.writeString(state, "x");
    String named = "update-agent --device " + device.dir + " repair";

    assertThat(advice(typed("status"))).isEqualTo(named);
    assertThat(advice(typed("--state", state.toString(), "status"))).isEqualTo(named);
    assertThat(advice(device.run("--output", "json", "status"))).isEqualTo(named);
    assertThat(typed("repair").code()).isZero();
    assertThat(state).content().contains("\"rolled_back_versions\": [\"v2\"]");
  }

  private void failsItsCheck() throws IOException {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);
    device.run("healthcheck");
    device.done("boot");
    device.healthy(true);
    device.done("healthcheck");
  }

  @Test
  void adviseARepairThatCanBeTypedForAnyFile() throws IOException {
    for (String name : List.of("state.json", "it's one.json")) {
      Path file = Files.createDirectories(dir.resolve("some where")).resolve(name);
      Files.writeString(file, "x");
      String command = advice(typed("--state", file.toString(), "status"));

      assertThat(Shell.must("sh", "-c", "printf '%s\\n' " + command))
          .isEqualTo("update-agent\n--state\n" + file + "\nrepair");
    }
  }

  private static String advice(Result refused) {
    assertThat(refused.code()).isEqualTo(11);
    Matcher advice = Pattern.compile(
            "; (update-agent .* repair) moves it aside and writes a fresh one")
        .matcher(refused.err());
    assertThat(advice.find()).as(refused.err()).isTrue();
    return advice.group(1);
  }
}

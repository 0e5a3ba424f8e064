package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong value in device.json stops the work that needs it, and no other. */
@Timeout(60)
final class WrongConfigurationTest extends DeviceWithServer {
  private static final Map<String, Object> WRONG_WINDOW =
      Map.of("windows", List.of("Mon-Fri 2:00-4:00"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"server\":[\"http://a/\",\"http://b/\"]",
        "\"server\":\"http://my_host/\"",
        "\"ca_file\":1",
        "\"authorization_file\":\" \"",
        "\"fetch_timeout_s\":2.5",
        "\"health_timeout_s\":\"10\"",
        "\"health_tries\":0",
        "\"health_interval_s\":-1",
        "\"boot_tries\":10",
        "\"reboot\":[]",
        "\"on_invalid_state\":\"ask\"",
        "\"activation\":[]",
        "\"activation\":{\"windows\":[\"Mon-Fri 2:00-4:00\"]}",
        "\"activation\":{\"windows\":[{\"days\":\"Mon\"}]}",
        "\"activation\":{\"hold_file\":1}",
        "\"activation\":{\"fleet_lock\":{\"url\":\"http://h/\"}}",
      })
  void marksAHealthySlotGoodAndWarns(String wrong) throws Exception {
    String key =
        JsonObject.parse(("{" + wrong + "}").getBytes(UTF_8)).keys().iterator().next();
    Path file = device.dir.resolve("device.json");
    String server = key.equals("server") ? "" : "\"server\":\"http://127.0.0.1:9/\",";
    device.done("boot");
    Files.writeString(file, "{\"health_check\":[\"true\"]," + server + wrong + "}");
    assertThat(device.env().good()).isFalse();

    CommandLineRun.Result result = device.done("healthcheck");

    assertThat(device.env().good()).isTrue();
    assertThat(result.err()).startsWith("update-agent: warning: " + file + ": ").hasLineCount(1);
    assertThat(device.done("status").out()).contains("v1");
    assertThat(device.done("metrics").err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "apply"})
  void needsTheServerToAskIt(String command) throws IOException {
    for (String key : List.of("server", "authorization_file")) {
      device.configure(key, 1);

      CommandLineRun.Result result = device.run(command);

      assertThat(result.code()).isEqualTo(ExitCode.OTHER);
      assertThat(result.err())
          .contains("device.json: \"" + key + "\" is not a text")
          .hasLineCount(1);
      assertThat(device.phase()).isEqualTo(Phase.IDLE);
      device.configure(key, key.equals("server") ? server.address().toString() : "none");
    }
  }

  @Test
  void needsTheCertificatesForHttpsOnly() throws Exception {
    device.configure("ca_file", 1);
    device.configure("server", "https://127.0.0.1:1/");

    CommandLineRun.Result secure = device.run("check");

    assertThat(secure.code()).isEqualTo(ExitCode.OTHER);
    assertThat(secure.err()).contains("device.json: \"ca_file\" is not a text").hasLineCount(1);

    device.configure("server", server.address().toString());
    device.done("apply");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void marksGoodInARoundThatCannotAskTheServer() throws Exception {
    device.configure("server", 1);
    device.done("boot");

    CommandLineRun.Result result = device.run("run");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err())
        .contains("apply: " + device.dir.resolve("device.json") + ": \"server\"");
    assertThat(device.env().good()).isTrue();
  }

  @Test
  void keepsADownloadUntilTheServerCanBeAskedAgain() throws Exception {
    device.done("send", "download", "--to-version", "v2", "--running-version", "v1");
    device.configure("authorization_file", 1);

    assertThat(device.run("run").code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.phase()).isEqualTo(Phase.DOWNLOADING);
    assertThat(device.state().attemptCount()).isEqualTo(1);
  }

  @Test
  void activatesNothingUnderAPolicyThatIsWrong() throws Exception {
    device.configure("activation", WRONG_WINDOW);

    CommandLineRun.Result result = device.done("run");

    assertThat(result.out())
        .contains("v2 is staged, and not activated now: ")
        .contains("\"windows\": \"Mon-Fri 2:00-4:00\"");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(device.env().active()).isEqualTo(Slot.A);
    assertThat(device.done("status").out()).contains("\"windows\"");
    assertThat(device.done("metrics").lines())
        .anyMatch(line -> line.contains("waiting")
            && line.contains("\"configuration\"")
            && line.endsWith("} 1.0"));
  }

  @Test
  void rebootsOutOfASlotUnderAPolicyThatIsWrong() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);
    device.configure("activation", WRONG_WINDOW);

    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    assertThat(device.env().active()).isEqualTo(Slot.A);
  }

  @Test
  void reportsAWrongRebootCommandAtTheReboot() throws Exception {
    device.configure("reboot", "reboot");

    CommandLineRun.Result result = device.run("run");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err())
        .contains("reboot: " + device.dir.resolve("device.json"))
        .contains("\"reboot\" is not a list of texts");
    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
  }

  @Test
  void runsTheRebootCommandInTheDirectoryOfTheDevice() throws Exception {
    device.configure("reboot", List.of("touch", "rebooted"));

    device.done("run");

    assertThat(device.dir.resolve("rebooted")).exists();
  }
}

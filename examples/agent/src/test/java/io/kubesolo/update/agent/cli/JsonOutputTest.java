package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.JsonSchema;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code --output json} prints is valid against the schemas. */
final class JsonOutputTest {
  @TempDir
  Path folder;

  private Path file;
  private CommandLineRun agent;

  @BeforeEach
  void anAttemptThatFailed() {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    agent.run("send", "fail", "--error", "disk \u009b full");
  }

  @ParameterizedTest
  @CsvSource({
    "status, status, 0",
    "history, history, 0",
    "events, events, 0",
    "events --to-version v2 --running-version v1, events, 0",
    "what-if acknowledge check, what-if, 0",
    "what-if confirm download to_version=v2 running_version=v1 force=true, what-if, 10",
    "send acknowledge, send, 0",
    "send confirm, send, 10",
    "send download --to-version v1 --running-version v1, send, 10",
    "send acknowledge --if-revision 0, send, 10",
    "ack, result, 0",
    "cancel, result, 10",
    "tick, result, 0",
    "repair, result, 0",
    "reconcile --running-version v1, result, 0",
    "wait --for failed, result, 0",
    "wait --for staged --timeout 0s, result, 1",
    "diagram --format dot, result, 0",
    "metrics, result, 0",
    "completion bash, result, 0",
    "help status, result, 0"
  })
  void hasTheShapeOfItsSchema(String command, String schema, int code) throws IOException {
    String[] arguments = (command + " --output json").split(" ", -1);

    CommandLineRun.Result result = agent.run(arguments);

    assertThat(result.code()).isEqualTo(code);
    assertThat(JsonSchema.of(schema).problems(result.out())).as(result.out()).isEmpty();
    assertThat(result.out()).doesNotContain("\u009b");
    assertThat(result.err()).hasLineCount(code == 0 || command.startsWith("what-if") ? 0 : 1);
  }

  @Test
  void hasTheShapeOfItsSchemaOnADevice() throws IOException {
    try (RawServer server = new RawServer()) {
      TestDevice device = new TestDevice(folder.resolve("device"), server.address());
      device.offer(server, "v2");
      for (String command : List.of("check", "apply", "activate", "simulate-boot", "healthcheck")) {
        String out = device.done(command, "--output", "json").out();
        String schema = command.equals("check") ? "check" : "result";
        assertThat(JsonSchema.of(schema).problems(out)).as(out).isEmpty();
        String status = device.done("status", "--output", "json").out();
        assertThat(JsonSchema.of("status").problems(status)).as(status).isEmpty();
        assertThat(status).contains("\"device\":{\"running_slot\":");
      }
    }
  }

  @Test
  void reportsAFailureInTheObjectAndOnStandardError() throws IOException {
    Files.writeString(file, "{");

    CommandLineRun.Result failed = agent.run("--output", "json", "status");

    assertThat(failed.code()).isEqualTo(11);
    assertThat(failed.err()).contains(" repair moves it aside").hasLineCount(1);
    assertThat(JsonSchema.of("result").problems(failed.out())).isEmpty();
    assertThat(failed.out())
        .startsWith("{\"command\":\"status\",\"exit_code\":11,\"lines\":[],\"warnings\":[],"
            + "\"errors\":[\"" + file);
  }

  @Test
  void printsNothingOnAUsageError() {
    CommandLineRun.Result wrong = agent.run("--output", "json", "send", "nonsense");

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.out()).isEmpty();
    assertThat(agent.run("--output", "xml", "status").code()).isEqualTo(2);
  }

  @Test
  void theSchemasRejectWhatHasAnotherShape() throws IOException {
    String status = agent.run("status", "--output", "json").out();

    assertThat(JsonSchema.of("result").problems(status)).isNotEmpty();
    assertThat(
            JsonSchema.of("status").problems(status.replace("\"overdue\":false", "\"overdue\":0")))
        .isNotEmpty();
    assertThat(JsonSchema.of("status").problems(status.replace("\"failed\"", "\"asleep\"")))
        .isNotEmpty();
  }
}

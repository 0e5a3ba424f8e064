package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubesolo.update.agent.cli.Output;
import io.kubesolo.update.agent.cli.ResultStream;
import io.kubesolo.update.agent.cli.UpdateAgent;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Json;
import io.kubesolo.update.agent.testkit.JsonSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServeTest {
  private static final String OPEN_METRICS = "application/openmetrics-text";

  @TempDir
  Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private Path file;
  private CommandLineRun agent;
  private Thread server;
  private URI address;

  @BeforeEach
  void serve() throws IOException {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
    PipedOutputStream said = new PipedOutputStream();
    Scanner lines = new Scanner(new PipedInputStream(said), UTF_8);
    Output output = new Output(
        new ResultStream(said), new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    server = new Thread(() -> {
      String[] serve = {"--state", file.toString(), "serve", "--listen", "127.0.0.1:0"};
      UpdateAgent.run(output, InputStream.nullInputStream(), name -> null, serve);
      output.out().close();
    });
    server.start();
    address = URI.create(lines.nextLine().replace("serving ", ""));
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.interrupt();
    server.join();
  }

  private void download() {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
  }

  @Test
  void servesMetricsAsTheFileIsAtEachScrape() throws Exception {
    assertThat(get("/metrics").body()).contains("kubesolo_update_phase{phase=\"idle\"} 1.0");

    download();

    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.body()).contains("kubesolo_update_phase{phase=\"downloading\"} 1.0");
    assertThat(header(metrics, "Content-Type"))
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(ageless(metrics.body())).isEqualTo(ageless(agent.run("metrics").out()));
  }

  private static String ageless(String metrics) {
    return metrics.replaceAll("(?m)^(kubesolo_update_phase_age_seconds) .*", "$1");
  }

  @Test
  void negotiatesOpenMetrics() throws Exception {
    HttpResponse<String> metrics =
        get("/metrics", "Accept", OPEN_METRICS + ";version=1.0.0,text/plain;version=0.0.4;q=0.5");

    assertThat(header(metrics, "Content-Type")).startsWith(OPEN_METRICS + "; version=1.0.0");
    assertThat(metrics.body())
        .contains("# TYPE kubesolo_update_transitions counter\n")
        .contains("# TYPE kubesolo_update_version info\n")
        .endsWith("# EOF\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
        "application/vnd.google.protobuf;q=0.6,text/plain;q=0.2",
        "application/openmetrics-text;q=0",
        "application/json",
        "garbage;;q=x"
      })
  void servesTextToAClientThatPrefersAnUnavailableFormat(String accept) throws Exception {
    HttpResponse<String> metrics = get("/metrics", "Accept", accept);

    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(header(metrics, "Content-Type")).startsWith("text/plain; version=0.0.4");
    assertThat(metrics.body()).contains("kubesolo_update_phase{phase=\"idle\"} 1.0");
  }

  @Test
  void servesTheStatusAndWhatFollowsFromIt() throws Exception {
    download();
    HttpResponse<String> answer = get("/status.json");
    JsonNode status = Json.read(answer.body());

    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    assertThat(status.get("state")).isEqualTo(Json.read(Files.readAllBytes(file)));
    assertThat(status.get("permitted")).hasToString("[\"download\",\"stage\",\"fail\",\"cancel\"]");
    assertThat(status.get("overdue").booleanValue()).isFalse();
    assertThat(status.get("deadline_s").intValue()).isEqualTo(6 * 60 * 60);
    assertThat(status.get("age_s").doubleValue()).isBetween(0.0, 60.0);
    assertThat(JsonSchema.of("report").problems(answer.body())).isEmpty();
    assertThat(status.has("device")).isFalse();
  }

  @Test
  void answersThatNothingChangedButTheAge() throws Exception {
    download();
    String tag = header(get("/status.json"), "ETag");

    HttpResponse<String> same = get("/status.json", "If-None-Match", "\"other\", " + tag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(header(same, "ETag")).isEqualTo(tag);

    agent.run("send", "stage");
    HttpResponse<String> changed = get("/status.json", "If-None-Match", tag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).contains("\"phase\": \"staged\"");
    assertThat(header(changed, "ETag")).isNotEqualTo(tag);
  }

  @Test
  void servesTheReportOfTheStatusCommand() throws Exception {
    assertThat(get("/status.json").body())
        .isEqualTo(agent.run("status", "--report").out());
  }

  @Test
  void hasOneTagForAMissingFile() throws Exception {
    String tag = header(get("/status.json"), "ETag");

    assertThat(get("/status.json", "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  @Test
  void goesOnServingWhileTheFileCannotBeRead() throws Exception {
    Files.writeString(file, "{\"phase\":\"<b>\"}");

    assertThat(get("/metrics").body()).contains("kubesolo_update_state_readable 0.0");
    assertThat(get("/status.json").statusCode()).isEqualTo(503);
    assertThat(Json.read(get("/status.json").body()).get("error").textValue())
        .contains(file.toString(), "<b>");
    assertThat(get("/healthz").statusCode()).isEqualTo(503);

    Files.delete(file);
    assertThat(get("/healthz").body()).isEqualTo("ok\n");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /healthz, 200",
    "HEAD, /metrics, 200",
    "HEAD, /status.json, 200",
    "GET, /metrics?name=x, 200",
    "GET, /nothing, 404",
    "GET, /metrics/, 404",
    "POST, /metrics, 405",
    "DELETE, /status.json, 405",
    "HEAD, /what-if?event=check, 200",
    "HEAD, /what-if.jsonl?event=check, 200",
    "HEAD, /what-if.txt?event=check, 200",
    "GET, /what-if?event=none, 400",
    "GET, /what-if/, 404",
    "POST, /what-if, 405",
    "PUT, /what-if.jsonl, 405"
  })
  void canOnlyBeRead(String method, String path, int status) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
        .method(method, HttpRequest.BodyPublishers.noBody())
        .build();

    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LOCALHOST:1, 200",
    "127.0.0.1:80, 200",
    "[::1]:80, 200",
    "rebound.example, 421",
    "127.0.0.1.rebound.example:80, 421"
  })
  void answersByTheNamesOfThisDeviceOnly(String host, int status) throws Exception {
    try (Socket socket = connect("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
      assertThat(new Scanner(socket.getInputStream(), US_ASCII).nextLine())
          .startsWith("HTTP/1.1 " + status);
    }
  }

  @Test
  void answersTwoHundredRequestsAtOnceAndDelaysNoWriter() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> write(done));

    for (int i = 0; i < 200; i++) {
      String path = i % 2 == 0 ? "/metrics" : "/status.json";
      answers.add(client.sendAsync(request(path), BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(200);
      assertThat(answer.get().body()).doesNotContain("kubesolo_update_state_readable 0");
    }
    done.set(true);

    assertThat(writer.get()).isPositive();
  }

  /** Sends events, of which none may take long, until the readers are done. */
  private int write(AtomicBoolean done) {
    int sent = 0;
    do {
      long start = System.nanoTime();
      assertThat(agent.run("send", sent % 2 == 0 ? "check" : "cancel").code()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      sent++;
    } while (!done.get());
    return sent;
  }

  @Test
  void halfOpenClientsBlockNoOthersAndAreCutOff() throws Exception {
    List<Socket> halfOpen = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        halfOpen.add(connect("GET /metrics HTTP/1.1\r\nHost: local"));
        halfOpen.add(connect("GET"));
        halfOpen.add(connect(""));
      }
      long start = System.nanoTime();
      assertThat(get("/metrics").statusCode()).isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
      for (Socket socket : halfOpen.subList(0, 2)) {
        socket.setSoTimeout(20_000);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      for (Socket socket : halfOpen) {
        socket.close();
      }
    }
  }

  @Test
  void saysThatThePortIsTaken() {
    CommandLineRun.Result taken = agent.run("serve", "--listen", address.getAuthority());

    assertThat(taken.code()).isEqualTo(1);
    assertThat(taken.err()).contains(address.getAuthority()).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        ":80",
        "host:",
        "localhost:65536",
        "a b:1",
        "u@localhost:1",
        "localhost:1/x"
      })
  void reportsAnInvalidAddressAsAUsageError(String listen) {
    CommandLineRun.Result wrong = agent.run("serve", "--listen", listen);

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--listen").hasLineCount(1);
  }

  private Socket connect(String sent) throws IOException {
    Socket socket = new Socket(address.getHost(), address.getPort());
    socket.getOutputStream().write(sent.getBytes(US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  private HttpRequest request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(20));
    return (headers.length == 0 ? request : request.headers(headers)).build();
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return client.send(request(path, headers), BodyHandlers.ofString());
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}

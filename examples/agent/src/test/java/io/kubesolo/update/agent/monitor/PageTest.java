package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.device.FleetLockNote;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.OverdueState;
import io.kubesolo.update.agent.testkit.Readers;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.fsm.LifecycleSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PageTest {
  @TempDir
  private Path folder = Path.of("");

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Socket> sockets = new ArrayList<>();
  private CommandLineRun agent = new CommandLineRun(Path.of(""));
  private Path file = Path.of("");
  private InetSocketAddress address = new InetSocketAddress(0);
  private MonitorServer server = newServer();

  /** Starts a first server, for there to be one to close. */
  PageTest() throws Exception {}

  private MonitorServer newServer() throws Exception {
    return MonitorServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Readers.of(file));
  }

  @BeforeEach
  void serve() throws Exception {
    server.close();
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
    server = newServer();
    URI served = URI.create("http://" + server.address());
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), served.getPort());
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
        .build();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path), BodyHandlers.ofString());
  }

  private void download(String version) {
    agent.run("send", "download", "--to-version", version, "--running-version", "v1");
  }

  @Test
  void showsForcedAttemptsBesidesTheLimit() throws Exception {
    for (int attempt = 0; attempt < 4; attempt++) {
      agent.run("send", "download", "--to-version", "v2", "--running-version", "v1", "--force");
    }

    assertThat(get("/").body()).contains("attempt 4 (limit 3)", "<dd>4 (limit 3)</dd>");
  }

  @Test
  void showsEverythingWithoutAScript() throws Exception {
    download("v2");
    agent.run("send", "fail", "--error", "no route");

    String page = get("/").body();

    assertThat(page)
        .contains("<h2 id=\"phase\">failed</h2>", "<code>v1</code> &rarr; <code>v2</code>")
        .contains("attempt 1 of 3", "downloading &rarr; failed")
        .containsOnlyOnce("<pre>no route</pre>")
        .containsOnlyOnce("no route")
        .contains("<code>acknowledge</code> <span>leads to idle", "9 events are refused now")
        .contains("<code>newTarget</code> the target must differ", "<svg ", file.toString())
        .doesNotContain("<!-- title", "<!-- main", "<!-- path");
  }

  @Test
  void isStrictAboutWhatItLoads() throws Exception {
    HttpResponse<String> page = get("/");

    String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
    assertThat(policy)
        .startsWith("default-src 'none'; script-src 'self';")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe", "*");
    assertThat(page.body()).doesNotContain("http://www.w3.org/1999", " style=", " onclick=");
    assertThat(page.body().replace("http://www.w3.org/2000/svg", "")).doesNotContain("http");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @ParameterizedTest
  @CsvSource({"/page.css, text/css", "/page.js, text/javascript"})
  void hasItsFiles(String path, String type) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains(type + "; charset=utf-8");
  }

  @Test
  void showsMarkupFromTheFileAsText() throws Exception {
    download("<script>x</script>");
    agent.run("send", "fail", "--error", "a\u202Eb</span><b>\u0001\u2028\u2029&amp;");

    assertThat(get("/").body())
        .contains("<code>&lt;script&gt;x&lt;/script&gt;</code>")
        .contains("a\uFFFDb&lt;/span&gt;&lt;b&gt;\uFFFD\uFFFD\uFFFD&amp;amp;")
        .doesNotContain("<script>x", "<b>");
  }

  /** Checks that the page says what runs, whether the state can be read or not. */
  @Test
  void reportsWhatRunsIfTheStateCannotBeRead() throws Exception {
    TestDevice device = new TestDevice(folder.resolve("device"), URI.create("http://localhost/"));
    server.close();
    server = MonitorServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Readers.of(file, Optional.of(device.dir), LifecycleSettings.DEFAULT));
    assertThat(get("/status.json").body()).contains("\"device\":{\"running_slot\":\"a\"");

    Files.writeString(file, "{");

    HttpResponse<String> report = get("/status.json");
    assertThat(report.statusCode()).isEqualTo(503);
    assertThat(report.body())
        .startsWith("{\"error\":\"" + file)
        .contains("\"device\":{\"running_slot\":\"a\",\"running_version\":\"v1\"");
  }

  @Test
  void saysWhatToDoWithAStateThatCannotBeRead() throws Exception {
    Files.writeString(file, "{\"phase\":\"<i>\"}");

    HttpResponse<String> page = get("/");

    assertThat(page.statusCode()).isEqualTo(503);
    assertThat(page.body())
        .contains("The state cannot be read", "&lt;i&gt;", "update-agent repair")
        .doesNotContain("<i>", "<svg");
  }

  @Test
  void showsADeviceThatWasNeverUpdated() throws Exception {
    assertThat(get("/").body())
        .contains("<h2 id=\"phase\">idle</h2>", "never updated", "No event is recorded.");
    assertThat(file).doesNotExist();
  }

  @Test
  void namesTheHostInHeadingAndTitle() throws Exception {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();

    assertThat(get("/").body()).contains("<h1>" + host, "<title>idle · " + host + "</title>");
    Files.writeString(file, "{");
    assertThat(get("/").body()).contains("<h1>" + host, "<title>unreadable · " + host + "</title>");
  }

  @Test
  void namesWhatRunsOnADevice() throws Exception {
    TestDevice device = new TestDevice(folder.resolve("device"), URI.create("http://localhost/"));
    StatusReader reader = Readers.of(file, Optional.of(device.dir), LifecycleSettings.DEFAULT);

    String page = Page.of(reader.observe()).html();

    assertThat(page)
        .contains("<title>idle · v1 · ", "runs <code>v1</code>")
        .contains("Slot a runs and boots next, marked good.");
  }

  @Test
  void showsThatTheDeviceHoldsAFleetLock() throws Exception {
    TestDevice device = new TestDevice(folder.resolve("device"), URI.create("http://localhost/"));
    StatusReader reader = Readers.of(file, Optional.of(device.dir), LifecycleSettings.DEFAULT);
    assertThat(Page.of(reader.observe()).html()).doesNotContain("fleet lock");
    FleetLock lock = new FleetLock(URI.create("https://fleet/a&b/"), "edge", "device-1");

    new FleetLockNote(device.dir, Optional.empty())
        .noteGranted(lock, Instant.parse("2026-11-27T06:00:00Z"));

    assertThat(Page.of(reader.observe()).html())
        .contains("<p>Holds the fleet lock of group <code>edge</code> at"
            + " <code>https://fleet/a&amp;b/</code> since <time"
            + " datetime=\"2026-11-27T06:00:00Z\">2026-11-27 06:00:00 UTC</time>.</p>");
  }

  @Test
  void showsSixLinesOfAnErrorAndTheRestOnRequest() throws Exception {
    download("v2");
    agent.run("send", "fail", "--error", "1\n2\n3\n4\n5\n6\n7\n8");
    assertThat(get("/").body())
        .contains("<pre>1\n2\n3\n4\n5\n6</pre>", "show all</summary><pre>7\n8</pre>");

    download("v2");
    assertThat(get("/").body()).contains("Earlier, this went wrong:");
    agent.run("send", "fail", "--error", "word ".repeat(300).strip());
    String page = get("/").body();
    assertThat(page).contains("show all</summary><pre>word word");
    assertThat(page.split("<pre>", -1)[1].split("</pre>", -1)[0]).hasSizeBetween(400, 480);
  }

  @Test
  void saysByHowMuchAPhaseIsOverdueAndWhatEndsIt() throws Exception {
    OverdueState.write(file, "verifying");

    assertThat(get("/").body())
        .containsPattern("Overdue by <span class=\"age\" data-age=\"\\d+\">[^<]+</span>")
        .contains("this phase may last 30m", "ends it by <code>rollback</code>");
  }

  @ParameterizedTest
  @CsvSource({
    "fail, checking done; downloading ended; staged open; activated open; success open",
    "stage, checking done; downloading done; staged current; activated open",
    "cancel, checking open; downloading open; success open"
  })
  void showsHowFarAnUpdateHasCome(String event, String steps) throws Exception {
    download("v2");
    agent.run(
        event.equals("fail")
            ? new String[] {"send", "fail", "--error", "x"}
            : new String[] {"send", event});

    String page = get("/").body();

    for (String step : steps.split("; ", -1)) {
      String[] words = step.split(" ", -1);
      assertThat(page)
          .containsPattern("<li class=\"" + words[1] + "\"[^>]*><span[^>]*>.</span> " + words[0]);
    }
  }

  @Test
  void notifiesItsReadersOfEachChange() throws Exception {
    BufferedReader events = reader("/events");
    assertThat(lineOf(events, "retry")).isEqualTo("retry: 2000");

    download("v2");
    assertThat(lineOf(events, "data")).isEqualTo("data: changed");
    agent.run("send", "stage");
    assertThat(lineOf(events, "data")).isEqualTo("data: changed");
  }

  @Test
  void notifiesNoMoreReadersThanItCanServe() throws Exception {
    for (int i = 0; i < 32; i++) {
      assertThat(lineOf(reader("/events"), "retry")).isNotEmpty();
    }
    assertThat(get("/events").statusCode()).isEqualTo(503);
    assertThat(get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void isServedToManyAtOnceBesideIdleReadersWhileEventsAreSent() throws Exception {
    for (int i = 0; i < 20; i++) {
      lineOf(reader("/events"), "retry");
      Socket halfOpen = socket();
      halfOpen.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost".getBytes(US_ASCII));
    }
    List<CompletableFuture<Integer>> pages = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      pages.add(client
          .sendAsync(request("/"), BodyHandlers.ofString())
          .thenApply(HttpResponse::statusCode));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(agent.run("send", "check").code()).isZero();
      assertThat(agent.run("send", "cancel").code()).isZero();
    }
    for (CompletableFuture<Integer> page : pages) {
      assertThat(page.join()).isEqualTo(200);
    }
  }

  private Socket socket() throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    sockets.add(socket);
    return socket;
  }

  private BufferedReader reader(String path) throws IOException {
    Socket socket = socket();
    socket
        .getOutputStream()
        .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(US_ASCII));
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  private static String lineOf(BufferedReader events, String start) throws IOException {
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("the stream ended");
  }
}

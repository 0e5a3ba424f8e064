package io.kubesolo.update.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.persist.StateJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A process of the fleet service, over PostgreSQL, and a client of it. */
final class FleetInstance {
  /** No phase has a limit, because the service would end an overdue one by an event of its own. */
  private static final List<String> OPTIONS = List.of(
      "--fleet.deadlines.checking=0s",
      "--fleet.deadlines.downloading=0s",
      "--fleet.deadlines.verifying=0s");

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String JAVA_BIN = Path.of(System.getProperty("java.home"), "bin") + "/";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final String address;

  private FleetInstance(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** Starts the service, which writes its log to a file, and does not wait until it answers. */
  static FleetInstance start(Path jar, String database, Path log, List<String> flags)
      throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    List<String> start =
        List.of("-jar", jar.toString(), "--server.port=" + port, "--fleet.database=" + database);
    Process process = new ProcessBuilder(
            Stream.of(List.of(JAVA_BIN + "java"), flags, start, OPTIONS)
                .flatMap(List::stream)
                .toList())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
    return new FleetInstance(process, "http://127.0.0.1:" + port);
  }

  /** Waits until the service answers. */
  void awaitReady() throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException("the service does not start; its log is beside its database");
      }
      Thread.sleep(50);
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      return get("/actuator/health/readiness").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return answer(HttpRequest.newBuilder(URI.create(address + path)));
  }

  /** Returns the revision of a device; 0 if no event was accepted for it yet. */
  long revision(String device) throws IOException, InterruptedException {
    HttpResponse<String> answer = get("/devices/" + device);
    if (answer.statusCode() != 200 && answer.statusCode() != 404) {
      throw new IOException(answer.body());
    }
    return JSON.readTree(answer.body()).path("state").path("revision").asLong();
  }

  /** Sends an event for one revision. */
  HttpResponse<String> send(String device, UpdateEvent event, long revision)
      throws IOException, InterruptedException {
    return answer(HttpRequest.newBuilder(URI.create(address + "/devices/" + device + "/events"))
        .header("If-Match", "\"" + revision + "\"")
        .POST(BodyPublishers.ofString(StateJson.of(event))));
  }

  private HttpResponse<String> answer(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  /** Returns how many bytes the live objects of the process have, after a full collection. */
  long liveBytes() throws IOException, InterruptedException {
    Process jcmd = new ProcessBuilder(
            JAVA_BIN + "jcmd", Long.toString(process.pid()), "GC.class_histogram")
        .redirectErrorStream(true)
        .start();
    String answer;
    try (InputStream out = jcmd.getInputStream()) {
      answer = new String(out.readAllBytes(), UTF_8);
    }
    if (jcmd.waitFor() != 0) {
      throw new IOException("jcmd failed: " + answer);
    }
    String total =
        answer.lines().filter(line -> line.startsWith("Total")).findFirst().orElse("");
    return Long.parseLong(total.split("\\s+", 0)[2]);
  }

  /** Kills the process by SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Finds the packaged service. */
  static Path jar(String path) throws IOException {
    Path jar = Path.of(path).toAbsolutePath();
    if (!Files.exists(jar)) {
      throw new IOException(jar + " is missing; first: ./mvnw -DskipTests package");
    }
    return jar;
  }
}

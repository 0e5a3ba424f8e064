package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.persist.StateJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process of the packaged service, as {@code java -jar} starts it, and a client of it. */
final class FleetProcess extends FleetClient {
  private static final int STARTED_WITHIN_SECONDS = 300;
  private static final String JAVA_BIN = Path.of(System.getProperty("java.home"), "bin") + "/";

  private final Path log;
  private final Process process;

  private FleetProcess(int port, Path log, Process process) {
    super(port);
    this.log = log;
    this.process = process;
  }

  /**
   * Starts the service, and does not wait until it answers.
   *
   * @param jar the packaged service
   * @param folder the folder that it runs in
   * @param name the name of the file in it to which it appends its log
   * @param flags flags of the JVM
   * @param options options of the service
   */
  static FleetProcess start(
      Path jar, Path folder, String name, List<String> flags, String... options)
      throws IOException {
    Path log = folder.resolve(name);
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    List<String> service =
        List.of("-jar", jar.toAbsolutePath().toString(), "--server.port=" + port);
    Process process = new ProcessBuilder(
            Stream.of(List.of(JAVA_BIN + "java"), flags, service, List.of(options))
                .flatMap(List::stream)
                .toList())
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
    return new FleetProcess(port, log, process);
  }

  /** Waits until the service answers. */
  FleetProcess awaitReady() throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - start > STARTED_WITHIN_SECONDS * 1e9) {
        kill();
        throw new IOException("the service does not start: " + Files.readString(log));
      }
      Thread.sleep(50);
    }
    return this;
  }

  private boolean answers() throws InterruptedException {
    try {
      return get("/actuator/health/readiness").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the revision of a device; 0 if no event was accepted for it yet. */
  long revision(String device) throws IOException, InterruptedException {
    Answer answer = get("/devices/" + device);
    if (answer.status() != 200 && answer.status() != 404) {
      throw new IOException(answer.response().body());
    }
    return answer.json().path("state").path("revision").asLong();
  }

  /** Sends an event for one revision. */
  Answer send(String device, UpdateEvent event, long revision)
      throws IOException, InterruptedException {
    return post(device, StateJson.of(event), "If-Match", "\"" + revision + "\"");
  }

  /** Returns how many bytes the live objects of the process use, after a full collection. */
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

  /** Waits until the service has ended by itself, and returns its exit code. */
  int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  /** Kills the process by SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }
}

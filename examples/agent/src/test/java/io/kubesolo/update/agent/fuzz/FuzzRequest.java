package io.kubesolo.update.agent.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.cli.Output;
import io.kubesolo.update.agent.cli.ResultStream;
import io.kubesolo.update.agent.cli.UpdateAgent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;

/**
 * Any bytes as requests to {@code serve}: an answer or none, never an internal error, and the state
 * file is not touched.
 */
public final class FuzzRequest {
  private static final Path FILE = Path.of(System.getProperty("fuzz.state", "")).toAbsolutePath();
  private static final int SILENCE_MS = 2000;
  private static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;

  /**
   * 0 until the server runs. It is not started in the class initializer, because its thread would
   * wait for that.
   */
  private static int port;

  private FuzzRequest() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    port = port == 0 ? serve() : port;
    assertThat(answer(bytes)).doesNotContain("internal error").doesNotStartWith("HTTP/1.1 5");
    assertThat(Files.exists(FILE)).isFalse();
    String health = answer(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
    assertThat(health).startsWith("HTTP/1.1 200 OK\r\n");
  }

  private static String answer(byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(SILENCE_MS);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      return new String(socket.getInputStream().readNBytes(MAX_ANSWER_BYTES), ISO_8859_1);
    } catch (SocketException | SocketTimeoutException e) {
      return "";
    }
  }

  private static int serve() throws IOException {
    Files.deleteIfExists(FILE);
    PipedOutputStream said = new PipedOutputStream();
    Scanner lines = new Scanner(new PipedInputStream(said), UTF_8);
    Output output = new Output(
        new ResultStream(said), new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
    Thread thread = new Thread(
        () -> UpdateAgent.run(
            output,
            InputStream.nullInputStream(),
            name -> null,
            "--state",
            FILE.toString(),
            "serve",
            "--listen",
            "127.0.0.1:0"),
        "serve");
    thread.setDaemon(true);
    thread.start();
    return Integer.parseInt(lines.nextLine().replaceAll(".*:|/", ""));
  }
}

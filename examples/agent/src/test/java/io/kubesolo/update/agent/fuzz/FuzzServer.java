package io.kubesolo.update.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.http.HttpClient;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.HttpSettings;
import io.kubesolo.update.agent.http.Transfer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Any bytes as the answers of a server: a file or one failure, in time. */
public final class FuzzServer {
  private static final int MAX_BYTES = 1000;
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final ServerSocket SERVER = listen();

  private static volatile byte[] answer = {};

  private FuzzServer() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    answer = bytes;
    URI address = URI.create("http://127.0.0.1:" + SERVER.getLocalPort() + "/f");
    HttpClient client = new HttpClient(
        new HttpSettings(address, LIMIT, Optional::empty, Optional.empty(), name -> null));
    try {
      assertThat(client.fetch(address, MAX_BYTES, () -> {})).hasSizeLessThanOrEqualTo(MAX_BYTES);
    } catch (HttpException e) {
      check(e);
    }
    try (Transfer<HttpException> image = client.open(address, 2, () -> {})) {
      assertThat(image.from()).isIn(0L, 2L);
      long read = 0;
      byte[] buffer = new byte[512];
      for (int n = image.read(buffer); n >= 0; n = image.read(buffer)) {
        assertThat(n).isPositive();
        read += n;
      }
      assertThat(read).isLessThanOrEqualTo(bytes.length);
      // The range that a server names need not be the body that it sends.
      if (image.isWhole() && image.length() >= 0) {
        assertThat(read).isEqualTo(image.length());
      }
    } catch (HttpException e) {
      check(e);
    }
  }

  private static void check(HttpException e) {
    assertThat(e.problem())
        .isNotBlank()
        .hasSizeLessThan(10_000)
        .doesNotContain("did not answer within", "Exception", "Error");
  }

  private static ServerSocket listen() {
    try {
      ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(FuzzServer::serve, "fuzz server");
      thread.setDaemon(true);
      thread.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve() {
    while (true) {
      try (Socket client = SERVER.accept()) {
        InputStream in = client.getInputStream();
        int ends = 0;
        for (int next = in.read(); next >= 0 && ends < 2; next = ends < 2 ? in.read() : -1) {
          ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
        }
        client.getOutputStream().write(answer);
      } catch (IOException e) {
        // The client has closed the connection.
      }
    }
  }
}

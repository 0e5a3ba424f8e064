package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * An HTTP server on loopback that answers each path as a test specifies, with errors if it must.
 */
public final class RawServer implements AutoCloseable {
  /** Writes an answer, status line and all; the connection is closed when it returns. */
  @FunctionalInterface
  public interface Reply {
    void write(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  /**
   * A request.
   *
   * @param path the path, with its slash
   * @param from the first byte asked for; 0 where all are
   * @param lines all lines of the header
   */
  public record Request(String path, int from, List<String> lines) {}

  private final ServerSocket socket;
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread acceptor;

  public RawServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = start(this::accept);
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/updates/");
  }

  public List<Request> requests() {
    return requests;
  }

  public RawServer on(String name, Reply reply) {
    replies.put("/updates/" + name, reply);
    return this;
  }

  /** Returns a file, whole or from where it is asked for. */
  public static Reply file(byte[] bytes) {
    return (request, out) -> {
      int from = request.from();
      String range =
          "Content-Range: bytes %d-%d/%d\r\n".formatted(from, bytes.length - 1, bytes.length);
      head(
          out,
          from > 0 ? "206 Partial Content" : "200 OK",
          bytes.length - from,
          from > 0 ? range : "");
      out.write(bytes, from, bytes.length - from);
    };
  }

  public static Reply status(String status, String... fields) {
    return (request, out) -> head(out, status, 0, String.join("", fields));
  }

  public static void head(OutputStream out, String status, long length, String headers)
      throws IOException {
    out.write("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(status, length, headers)
        .getBytes(ISO_8859_1));
  }

  /** Sends what is there, and then nothing until the test is over. */
  public void hang(OutputStream out) throws IOException, InterruptedException {
    out.flush();
    closing.await();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        start(() -> answer(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      Request request = read(connection);
      requests.add(request);
      replies
          .getOrDefault(request.path(), status("404 Not Found"))
          .write(request, connection.getOutputStream());
    } catch (IOException | InterruptedException e) {
      // The client has closed the connection, so there is nothing to answer.
    }
  }

  private static Request read(Socket connection) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      lines.add(line);
    }
    int from = lines.stream()
        .filter(line -> line.startsWith("Range: bytes="))
        .map(line -> line.substring("Range: bytes=".length(), line.length() - 1))
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
    return new Request(lines.isEmpty() ? "" : lines.get(0).split(" ", -1)[1], from, lines);
  }

  private static Thread start(Runnable work) {
    Thread thread = new Thread(work, "raw server");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Closes the port. A thread that is still accepting would keep it open. */
  @Override
  public void close() throws IOException {
    closing.countDown();
    socket.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

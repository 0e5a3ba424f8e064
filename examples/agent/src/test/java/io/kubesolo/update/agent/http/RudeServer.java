package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server on loopback that answers each path with the bytes that a test specifies. */
final class RudeServer implements AutoCloseable {
  /** Writes an answer, status line and all; the connection is closed when it returns. */
  @FunctionalInterface
  interface Reply {
    void write(Request request, Wire out) throws IOException, InterruptedException;
  }

  /**
   * A request.
   *
   * @param target what the request line names
   * @param lines all lines of the header
   */
  record Request(String target, List<String> lines) {
    /** Returns the value of a field, or an empty text. */
    String field(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ": ";
      return lines.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()))
          .findFirst()
          .orElse("");
    }

    /** Returns the first byte asked for; 0 if all are. */
    int from() {
      String range = field("Range");
      return range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    }
  }

  /** The input of a client. */
  static final class Wire extends FilterOutputStream {
    private final Socket socket;
    private final CountDownLatch closing;

    private Wire(Socket socket, OutputStream out, CountDownLatch closing) {
      super(out);
      this.socket = socket;
      this.closing = closing;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      out.write(bytes, offset, count);
    }

    Wire text(String text) throws IOException {
      write(text.getBytes(ISO_8859_1));
      return this;
    }

    /** Sends a byte every few milliseconds, again and again, until the client is gone. */
    void trickle(String text, int millis) throws IOException, InterruptedException {
      for (int i = 0; !closing.await(millis, TimeUnit.MILLISECONDS); i++) {
        write(text.charAt(i % text.length()));
        flush();
      }
    }

    /** Sends nothing more until the test is over. */
    void hang() throws InterruptedException {
      closing.await();
    }

    /** Closes the connection by a TCP reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    Socket socket() {
      return socket;
    }
  }

  private final ServerSocket socket;
  private final boolean secure;
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Reply otherwise = text("HTTP/1.1 404 Not Found\r\n\r\n");

  RudeServer() throws IOException {
    this(null);
  }

  /** Starts a server, which speaks TLS if a context is given. */
  RudeServer(@Nullable SSLContext context) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    secure = context != null;
    socket = context == null
        ? new ServerSocket(0, 50, loopback)
        : context.getServerSocketFactory().createServerSocket(0, 50, loopback);
    start(this::accept);
  }

  /** Returns the folder whose files are answered for, by the name of the host or its address. */
  URI address(String host) {
    String scheme = secure ? "https" : "http";
    return URI.create(scheme + "://" + host + ":" + port() + "/updates/");
  }

  URI address() {
    return address("127.0.0.1");
  }

  int port() {
    return socket.getLocalPort();
  }

  List<Request> requests() {
    return requests;
  }

  /** Answers for one file. */
  RudeServer on(String name, Reply reply) {
    replies.put("/updates/" + name, reply);
    return this;
  }

  /** Answers for all that nothing else answers for. */
  RudeServer otherwise(Reply reply) {
    otherwise = reply;
    return this;
  }

  /** Sends a text as it is. */
  static Reply text(String text) {
    return (request, out) -> out.text(text);
  }

  /** Returns a status with an empty body, and lines of the header, each with its line end. */
  static Reply status(String status, String... fields) {
    return text(
        "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n" + String.join("", fields) + "\r\n");
  }

  static Reply redirect(String location) {
    return status("302 Found", "Location: " + location + "\r\n");
  }

  /** Returns a file, whole or from where it is asked for. */
  static Reply file(byte[] bytes) {
    return (request, out) -> {
      int from = request.from();
      String range =
          "Content-Range: bytes %d-%d/%d\r\n".formatted(from, bytes.length - 1, bytes.length);
      out.text("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n"
          .formatted(
              from > 0 ? "206 Partial Content" : "200 OK",
              bytes.length - from,
              from > 0 ? range : ""));
      out.write(bytes, from, bytes.length - from);
    };
  }

  /** Connects a client of a proxy with the server that it names, until one of them closes. */
  static Reply tunnel() {
    return (request, out) -> {
      String[] target = request.target().split(":", 2);
      try (Socket server = new Socket(target[0], Integer.parseInt(target[1]))) {
        out.text("HTTP/1.1 200 Connection established\r\n\r\n");
        start(() -> copy(out.socket(), server));
        copy(server, out.socket());
      }
    };
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One of them has closed the connection.
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        start(() -> answer(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      Request request = read(connection.getInputStream());
      requests.add(request);
      Wire wire = new Wire(connection, connection.getOutputStream(), closing);
      replies.getOrDefault(request.target(), otherwise).write(request, wire);
      wire.flush();
    } catch (IOException | InterruptedException e) {
      // The client has closed the connection, or the test is over.
    }
  }

  private static Request read(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      lines.add(line);
    }
    return new Request(lines.isEmpty() ? "" : lines.get(0).split(" ", -1)[1], lines);
  }

  /** Reads no byte too many: what follows a CONNECT is not for this server. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "rude server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    socket.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}

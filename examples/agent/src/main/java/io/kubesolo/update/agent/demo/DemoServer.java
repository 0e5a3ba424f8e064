package io.kubesolo.update.agent.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP server on loopback for a folder, with ranges; it can send slowly. */
public final class DemoServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,9})-");
  private static final int DRIP = 1024;
  private static final long DRIP_MS = 20;

  private final Path folder;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(DemoServer::daemon);
  private volatile int briskBytes = Integer.MAX_VALUE;

  private DemoServer(Path folder, HttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  /** Starts to serve the files of a folder, which need not exist yet, on a free port. */
  public static DemoServer serve(Path folder) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    DemoServer server = new DemoServer(folder, HttpServer.create(anyPort, 0));
    server.server.createContext("/", server::answer);
    server.server.setExecutor(server.threads);
    server.server.start();
    return server;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "static server");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns the address of the folder. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /** Sends only the first bytes of each answer at full speed. */
  void dripAfter(int bytes) {
    briskBytes = bytes;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Path file =
          folder.resolve(exchange.getRequestURI().getPath().substring(1)).normalize();
      if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      send(exchange, Files.readAllBytes(file));
    }
  }

  private void send(HttpExchange exchange, byte[] bytes) throws IOException {
    String asked = exchange.getRequestHeaders().getFirst("Range");
    Matcher range = RANGE.matcher(asked == null ? "" : asked);
    int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
    if (from >= bytes.length) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    if (from > 0) {
      String sent = "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length);
      exchange.getResponseHeaders().set("Content-Range", sent);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
    write(exchange.getResponseBody(), bytes, from);
  }

  private void write(OutputStream out, byte[] bytes, int from) throws IOException {
    int at = from + Math.min(briskBytes, bytes.length - from);
    out.write(bytes, from, at - from);
    while (at < bytes.length) {
      out.flush();
      pause();
      int next = Math.min(DRIP, bytes.length - at);
      out.write(bytes, at, next);
      at += next;
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(DRIP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server was stopped", e);
    }
  }

  /** Stops the server. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

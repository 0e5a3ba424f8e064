package io.kubesolo.update.agent.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server of a few addresses that are only read. A client that has not sent its whole request
 * after some {@value #REQUEST_SECONDS} seconds is cut off, so that half-open clients keep others out
 * no longer than that. Beyond {@value #MAX_CONNECTIONS} clients, or {@value #MAX_THREADS} requests at
 * once, a client is cut off at once.
 *
 * <p>Safe for use by several threads.
 */
public final class HttpService implements AutoCloseable {
  private static final int REQUEST_SECONDS = 5;
  private static final int MAX_THREADS = 512;

  /** Fewer than the 1024 files that a process may commonly open; without a file, the JDK's ends. */
  static final int MAX_CONNECTIONS = 768;

  private static final int IDLE_SECONDS = 10;
  private static final int STACK_BYTES = 512 * 1024;
  private static final int BACKLOG = 1024;

  private final HttpServer http;
  private final ThreadPoolExecutor threads;
  private final Map<String, HttpHandler> routes;

  /** The names by which this server is meant; none where it is meant by every name. */
  private final Set<String> names;

  private HttpService(HttpServer http, Set<String> names, Map<String, HttpHandler> routes) {
    this.http = http;
    this.names = names;
    this.routes = routes;
    this.threads = new ThreadPoolExecutor(
        0, MAX_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named());
  }

  /**
   * Starts a server.
   *
   * @param address where to listen; port 0 is any that is free
   * @param routes what answers GET and HEAD for each path; it closes the exchange, which may be
   *     later and on another thread
   * @return the server
   * @throws Failure if it cannot listen there
   */
  public static HttpService listen(InetSocketAddress address, Map<String, HttpHandler> routes)
      throws Failure {
    System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(REQUEST_SECONDS));
    System.setProperty("jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS));
    try {
      HttpServer http = HttpServer.create(address, BACKLOG);
      HttpService server = new HttpService(http, names(address), Map.copyOf(routes));
      server.http.createContext("/", server::answer);
      server.http.setExecutor(server.threads);
      server.http.start();
      return server;
    } catch (IOException e) {
      throw Failure.at(text(address), "cannot listen: " + e.getMessage());
    }
  }

  /**
   * A page of another site, whose name its owner can make lead here, must not read what is meant for
   * this device only.
   */
  private static Set<String> names(InetSocketAddress address) {
    if (!address.getAddress().isLoopbackAddress()) {
      return Set.of();
    }
    Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    names.add(host(address).toLowerCase(Locale.ROOT));
    return names;
  }

  private static ThreadFactory named() {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(null, work, "http-" + count.incrementAndGet(), STACK_BYTES);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Where this server listens: {@code host:port}. */
  public String address() {
    return text(http.getAddress());
  }

  private static String text(InetSocketAddress address) {
    return host(address) + ":" + address.getPort();
  }

  private static String host(InetSocketAddress address) {
    String host = address.getHostString();
    return host.contains(":") ? "[" + host + "]" : host;
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    HttpHandler route = routes.get(exchange.getRequestURI().getPath());
    if (!isMeant(exchange)) {
      refuse(exchange, 421, "this is served by another name");
    } else if (route == null) {
      refuse(exchange, 404, "there is nothing here");
    } else if (!exchange.getRequestMethod().equals("GET")
        && !exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      refuse(exchange, 405, "this can only be read");
    } else {
      answer(exchange, route);
    }
  }

  private boolean isMeant(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    return names.isEmpty()
        || host == null
        || names.contains(host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT));
  }

  private static void answer(HttpExchange exchange, HttpHandler route) throws IOException {
    try {
      route.handle(exchange);
    } catch (RuntimeException bug) {
      if (exchange.getResponseCode() < 0) {
        refuse(exchange, 500, "internal error: " + bug);
      }
      exchange.close();
    }
  }

  private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
    HttpReply.text(status, why).send(exchange);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}

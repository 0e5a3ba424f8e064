package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A server of the FleetLock protocol for one group, which grants a number of locks at a time. */
public final class FleetServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final int permits;
  private final Set<String> holders = new LinkedHashSet<>();
  private final Set<String> reserved = new LinkedHashSet<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private int mostHolders;
  private volatile int brokenStatus;
  private volatile boolean losesAnswers;
  private volatile String redirect = "";
  private volatile String refusal = "all slots are taken";
  private volatile Consumer<String> observer = id -> {};
  private volatile Predicate<String> reserving = id -> false;

  public FleetServer(int permits) throws IOException {
    this.permits = permits;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/fleet";
  }

  /** Returns the path and the id of each request so far. */
  public List<String> requests() {
    return requests;
  }

  public synchronized Set<String> holders() {
    return Set.copyOf(holders);
  }

  /** Returns how many devices held the lock at most at a time. */
  public synchronized int mostHolders() {
    return mostHolders;
  }

  /** Takes the lock for another device. */
  public synchronized void hold(String id) {
    holders.add(id);
  }

  public synchronized void forget() {
    holders.clear();
  }

  /** Answers each request with this status; 0 to work again. */
  public void answerOnly(int status) {
    brokenStatus = status;
  }

  /** Answers each request with a redirect. */
  public void redirect(int status, String location) {
    answerOnly(status);
    redirect = location;
  }

  /** Refuses the lock with these words. */
  public void refuseWith(String words) {
    refusal = words;
  }

  /** Does what it is asked for, and closes the connection instead of answering. */
  public void loseAnswers(boolean lost) {
    losesAnswers = lost;
  }

  /** Calls an observer with the id of each request, before it is answered and another one is done. */
  public void onRequest(Consumer<String> called) {
    observer = called;
  }

  /**
   * Has some devices ask twice: the first request that could be granted is refused, and a lock is kept
   * for the next one.
   */
  public void reserveFor(Predicate<String> ids) {
    reserving = ids;
  }

  /** Returns whether the next request of a device is granted. */
  public synchronized boolean isReservedFor(String id) {
    return reserved.contains(id) || holders.contains(id);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      int status = brokenStatus == 0 ? status(exchange, body) : brokenStatus;
      if (losesAnswers) {
        return;
      }
      if (!redirect.isEmpty()) {
        exchange.getResponseHeaders().set("Location", redirect);
      }
      byte[] answer = status == 200
          ? new byte[0]
          : JsonObject.write(Map.of("kind", "failed_lock_semaphore_full", "value", refusal))
              .getBytes(UTF_8);
      exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private synchronized int status(HttpExchange exchange, byte[] body) {
    String path = exchange.getRequestURI().getPath();
    if (!exchange.getRequestMethod().equals("POST")
        || !"true".equals(exchange.getRequestHeaders().getFirst("fleet-lock-protocol"))) {
      return 400;
    }
    String id;
    try {
      JsonObject client = JsonObject.parse(body).object("client_params");
      if (!client.text("group").equals("edge")) {
        return 400;
      }
      id = client.text("id");
    } catch (Failure e) {
      return 400;
    }
    requests.add(path + " " + id);
    int status = switch (path) {
      case "/fleet/v1/pre-reboot" -> take(id);
      case "/fleet/v1/steady-state" -> {
        holders.remove(id);
        yield 200;
      }
      default -> 404;
    };
    observer.accept(id);
    return status;
  }

  private int take(String id) {
    if (!isReservedFor(id)) {
      if (holders.size() + reserved.size() >= permits) {
        return 409;
      }
      if (reserving.test(id)) {
        reserved.add(id);
        return 409;
      }
    }
    reserved.remove(id);
    holders.add(id);
    mostHolders = Math.max(mostHolders, holders.size());
    return 200;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A read-only HTTP server of a few addresses. One thread reads and writes for all clients, and a
 * few others make the answers, so clients that are slow, half-open or read nothing do not occupy a
 * thread or delay others (slowloris). They are cut off at the limits of {@link Limits}; if
 * there are too many clients, the oldest is disconnected.
 *
 * <p>Safe for use by several threads.
 */
final class HttpService implements AutoCloseable {
  private static final int WORKERS = 4;
  private static final int BACKLOG = 1024;
  private static final int SEND_BUFFER_BYTES = 64 * 1024;
  private static final int TICK_MILLIS = 250;

  /**
   * The limits for clients.
   *
   * @param connections how many there may be at once; one more takes the place of the oldest
   * @param streams how many of them may follow the event stream
   * @param request how long a client may take to send the head of its request
   * @param silence how long a client may stop reading what is sent to it
   * @param response how long a client may take to read an answer
   */
  record Limits(
      int connections, int streams, Duration request, Duration silence, Duration response) {
    /** Limits for a process that may open 1024 files, and for 64 MB of memory. */
    static final Limits DEFAULT =
        new Limits(256, 32, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  private final Limits limits;
  private final Map<String, Function<HttpRequest, HttpReply>> routes;

  /** The names of this server; empty if it answers by every name. */
  private final Set<String> names;

  private final ServerSocketChannel listener;
  private final Selector selector;
  private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
      WORKERS, WORKERS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("http-work-"));
  private final Consumer<Throwable> failed;
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();

  /** The connections in the order in which they were made. Used by the server's thread only. */
  private final Set<HttpConnection> connections = new LinkedHashSet<>();

  private volatile boolean closed;

  /**
   * Work for the server's thread.
   *
   * @param answer what to send on a connection; none to disconnect it, because memory is short
   * @param stays whether the connection stays open for events
   */
  private record Task(HttpConnection connection, Optional<ByteBuffer> answer, boolean stays) {}

  /** An event for every client that stays. */
  private final Queue<byte[]> events = new ConcurrentLinkedQueue<>();

  private HttpService(
      ServerSocketChannel listener,
      Selector selector,
      Set<String> names,
      Limits limits,
      Map<String, Function<HttpRequest, HttpReply>> routes,
      Consumer<Throwable> failed) {
    this.listener = listener;
    this.selector = selector;
    this.names = names;
    this.limits = limits;
    this.routes = Map.copyOf(routes);
    this.failed = failed;
  }

  /**
   * Starts a server.
   *
   * @param address where to listen; port 0 is any that is free
   * @param routes what answers GET and HEAD for each path; several threads call it at once
   * @param failed notified if the server ends other than by {@link #close()}
   * @return the server
   * @throws Failure if it cannot listen there
   */
  static HttpService listen(
      InetSocketAddress address,
      Limits limits,
      Map<String, Function<HttpRequest, HttpReply>> routes,
      Consumer<Throwable> failed)
      throws Failure {
    ServerSocketChannel listener = null;
    try {
      listener = open(address.getAddress());
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(address, BACKLOG).configureBlocking(false);
      Selector selector = Selector.open();
      listener.register(selector, SelectionKey.OP_ACCEPT);
      HttpService service =
          new HttpService(listener, selector, names(address), limits, routes, failed);
      service.workers.prestartAllCoreThreads(); // too few threads are found here, not at a request
      named("http-").newThread(service::run).start();
      return service;
    } catch (IOException e) {
      closeQuietly(listener);
      throw Failure.at(
          text(address), "cannot listen: " + e.getMessage() + "; choose another --listen address");
    }
  }

  /**
   * Opens a socket of the address's own family: one of the JVM's default family is of IPv6, and is
   * reached by every IPv6 address if it is bound to 0.0.0.0.
   */
  private static ServerSocketChannel open(InetAddress address) throws IOException {
    return address instanceof Inet4Address
        ? ServerSocketChannel.open(StandardProtocolFamily.INET)
        : ServerSocketChannel.open();
  }

  /** Returns the names that a server on loopback accepts, which protects against DNS rebinding. */
  private static Set<String> names(InetSocketAddress address) {
    if (!address.getAddress().isLoopbackAddress()) {
      return Set.of();
    }
    Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    names.add(host(address).toLowerCase(Locale.ROOT));
    return names;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Returns where this server listens: {@code host:port}. */
  String address() {
    try {
      return text((InetSocketAddress) listener.getLocalAddress());
    } catch (IOException e) {
      throw new IllegalStateException("the server is closed", e);
    }
  }

  private static String text(InetSocketAddress address) {
    return host(address) + ":" + address.getPort();
  }

  private static String host(InetSocketAddress address) {
    // The JVM writes out all zeros of an IPv6 address.
    String host = address.getHostString().replaceFirst("(^|:)0(:0)+(:|$)", "::");
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /** Sends an event to every client that stays for them. */
  void publish(String event) {
    events.add(event.getBytes(UTF_8));
    selector.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(this::proceed, TICK_MILLIS);
        sendAnswers();
        sendEvents();
        cutOffOverdue();
      }
    } catch (IOException | RuntimeException | Error e) {
      failed.accept(e);
    } finally {
      connections.forEach(HttpService::closeQuietly);
      closeQuietly(selector);
      closeQuietly(listener);
    }
  }

  private void proceed(SelectionKey key) {
    if (key.channel() == listener) {
      accept();
    } else if (key.attachment() instanceof HttpConnection connection) {
      proceed(connection);
    }
  }

  private void accept() {
    try {
      SocketChannel channel = listener.accept();
      if (channel != null) {
        accept(channel);
      }
    } catch (IOException e) {
      // Too many files are open, or the client has gone: the oldest client is disconnected.
      makeRoom();
    }
  }

  private void accept(SocketChannel channel) throws IOException {
    if (connections.size() >= limits.connections() && !makeRoom()) {
      channel.close();
      return;
    }
    try {
      channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      HttpConnection connection = new HttpConnection(channel, key, limits);
      key.attach(connection);
      connections.add(connection);
    } catch (IOException e) {
      channel.close();
    }
  }

  /** Closes the oldest connection that is neither being answered nor a stream. */
  private boolean makeRoom() {
    Optional<HttpConnection> oldest =
        connections.stream().filter(HttpConnection::mayBeReplaced).findFirst();
    oldest.ifPresent(this::cutOff);
    return oldest.isPresent();
  }

  private void cutOff(HttpConnection connection) {
    closeQuietly(connection);
    connections.remove(connection);
  }

  private void proceed(HttpConnection connection) {
    try {
      Optional<HttpRequest> request = connection.proceed();
      request.ifPresent(each -> workers.execute(() -> answer(connection, each)));
    } catch (HttpRequest.Malformed e) {
      send(new Task(connection, Optional.of(e.reply().toBytes(false)), false));
    } catch (IOException | CancelledKeyException | RejectedExecutionException e) {
      cutOff(connection);
    }
    if (!connection.isOpen()) {
      connections.remove(connection);
    }
  }

  /** Makes the answer, on another thread. */
  private void answer(HttpConnection connection, HttpRequest request) {
    Task task = new Task(connection, Optional.empty(), false);
    try {
      HttpReply reply = reply(request).to(request);
      boolean stays = reply.isStream() && !request.isHead();
      task = new Task(connection, Optional.of(reply.toBytes(request.isHead())), stays);
    } finally {
      tasks.add(task);
      selector.wakeup();
    }
  }

  private HttpReply reply(HttpRequest request) {
    Function<HttpRequest, HttpReply> route = routes.get(request.path());
    if (!isMeant(request)) {
      return HttpReply.text(421, "the Host header names another host");
    }
    if (route == null) {
      return HttpReply.text(404, "there is nothing here");
    }
    if (!List.of("GET", "HEAD").contains(request.method())) {
      return HttpReply.text(405, "this can only be read").with("Allow", "GET, HEAD");
    }
    try {
      return route.apply(request);
    } catch (RuntimeException bug) {
      return HttpReply.text(500, "internal error: " + bug);
    }
  }

  private boolean isMeant(HttpRequest request) {
    return names.isEmpty()
        || request.host().isEmpty()
        || names.contains(
            request.host().get().replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT));
  }

  private void sendAnswers() {
    for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
      send(task);
    }
  }

  private void send(Task task) {
    if (!task.connection().isOpen()) {
      return;
    }
    try {
      long streams = connections.stream().filter(HttpConnection::isStream).count();
      if (task.stays() && streams >= limits.streams()) {
        HttpReply busy = HttpReply.text(503, "too many readers; come back later");
        task.connection().send(busy.toBytes(false), false);
      } else if (task.answer().isPresent()) {
        task.connection().send(task.answer().get(), task.stays());
      } else {
        cutOff(task.connection());
      }
    } catch (IOException e) {
      cutOff(task.connection());
    }
  }

  private void sendEvents() {
    for (byte[] event = events.poll(); event != null; event = events.poll()) {
      for (HttpConnection connection : List.copyOf(connections)) {
        try {
          connection.publish(event);
        } catch (IOException e) {
          cutOff(connection);
        }
      }
    }
  }

  private void cutOffOverdue() {
    long now = System.nanoTime();
    connections.stream().filter(each -> each.isOverdue(now)).toList().forEach(this::cutOff);
    connections.removeIf(each -> !each.isOpen());
  }

  private static void closeQuietly(HttpConnection connection) {
    closeQuietly(connection::close);
  }

  private static void closeQuietly(@Nullable Closeable resource) {
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (IOException e) {
      // The connection is not used any more.
      return;
    }
  }

  @Override
  public void close() {
    closed = true;
    workers.shutdownNow();
    selector.wakeup();
  }
}

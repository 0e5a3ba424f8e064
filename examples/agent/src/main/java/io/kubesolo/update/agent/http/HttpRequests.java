package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.http.HttpException.Remedy;
import io.kubesolo.update.agent.http.Proxies.Proxy;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * GET and POST requests, each over a connection of its own that the next one closes. A request may
 * block until {@link #close}, which never blocks because it closes the TCP socket below TLS.
 *
 * <p>{@link #close} may be called by any thread; only one thread at a time makes requests.
 */
final class HttpRequests implements AutoCloseable {
  private final Deadline deadline;
  private @Nullable Socket tcp;
  private boolean closed;

  /**
   * Prepares requests.
   *
   * @param deadline the time limit that the addresses of a host share for connecting
   */
  HttpRequests(Deadline deadline) {
    this.deadline = deadline;
  }

  /**
   * An answer.
   *
   * @param head its head
   * @param body its body
   */
  record Response(HttpHead head, InputStream body) {}

  /** Connects, asks for a file, and reads the head of the answer. */
  Response get(URI address, Map<String, String> fields, Optional<Proxy> proxy, SslSockets ssl)
      throws IOException {
    return ask("GET", address, fields, new byte[0], proxy, ssl);
  }

  /** Connects, sends a body, and reads the head of the answer. */
  Response post(
      URI address, Map<String, String> fields, byte[] body, Optional<Proxy> proxy, SslSockets ssl)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(fields);
    all.put("Content-Length", Integer.toString(body.length));
    return ask("POST", address, all, body, proxy, ssl);
  }

  private Response ask(
      String method,
      URI address,
      Map<String, String> fields,
      byte[] body,
      Optional<Proxy> proxy,
      SslSockets ssl)
      throws IOException {
    Socket socket = WebAddress.secure(address)
        ? secured(address, proxy, ssl.factory())
        : connect(address, proxy);
    boolean absolute = proxy.isPresent() && !WebAddress.secure(address);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Host", WebAddress.hostField(address));
    all.putAll(fields);
    if (absolute) {
      proxy.flatMap(Proxy::authorization).ifPresent(value -> all.put("Proxy-Authorization", value));
    }
    String target = WebAddress.target(address);
    String path = absolute ? "http://" + all.get("Host") + target : target;
    send(socket, method + " " + path, all, body);
    InputStream in = new BufferedInputStream(socket.getInputStream());
    HttpHead head = HttpHead.read(in);
    return new Response(head, HttpBody.of(head, in));
  }

  private Socket connect(URI address, Optional<Proxy> proxy) throws IOException {
    String host = proxy.map(Proxy::host).orElseGet(() -> WebAddress.host(address));
    int port = proxy.map(Proxy::port).orElseGet(() -> WebAddress.port(address));
    try {
      return connect(InetAddress.getAllByName(host), port);
    } catch (IOException e) {
      throw proxy.isPresent() ? NetworkErrors.of(e).prefixed(proxy.get() + ": ") : e;
    }
  }

  /** Tries each address of a host: a device may have no route to its IPv6 one, for example. */
  private Socket connect(InetAddress[] addresses, int port) throws IOException {
    IOException failure = new ConnectException("no address");
    for (int i = 0; i < addresses.length; i++) {
      Socket socket = adopt(new Socket(java.net.Proxy.NO_PROXY));
      try {
        int share = Math.max(1, deadline.leftMillis() / (addresses.length - i));
        socket.connect(new InetSocketAddress(addresses[i], port), share);
        return socket;
      } catch (IOException e) {
        failure = e;
        socket.close();
      }
    }
    throw failure;
  }

  private synchronized Socket adopt(Socket socket) throws IOException {
    if (closed) {
      throw new SocketException("closed");
    }
    closeSocket();
    tcp = socket;
    return socket;
  }

  private static void tunnel(Socket socket, URI address, Proxy proxy) throws IOException {
    String target = WebAddress.hostAndPort(address);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Host", target);
    proxy.authorization().ifPresent(value -> fields.put("Proxy-Authorization", value));
    send(socket, "CONNECT " + target, fields, new byte[0]);
    HttpHead answer = HttpHead.read(socket.getInputStream());
    if (answer.status() / 100 != 2) {
      HttpException failure = Statuses.failure(answer, proxy + " answers");
      throw failure.remedy() == Remedy.RETRY ? failure : HttpException.waiting(failure.problem());
    }
  }

  private Socket secured(URI address, Optional<Proxy> proxy, SSLSocketFactory factory)
      throws IOException {
    Socket socket = connect(address, proxy);
    if (proxy.isPresent()) {
      tunnel(socket, address, proxy.get());
    }
    String host = WebAddress.host(address);
    SSLSocket ssl = (SSLSocket) factory.createSocket(socket, host, WebAddress.port(address), true);
    SSLParameters parameters = ssl.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    ssl.setSSLParameters(parameters);
    ssl.startHandshake();
    return ssl;
  }

  private static void send(Socket socket, String request, Map<String, String> fields, byte[] body)
      throws IOException {
    StringBuilder text = new StringBuilder(request).append(" HTTP/1.1\r\n");
    for (Entry<String, String> field : fields.entrySet()) {
      text.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
    }
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(text.append("\r\n").toString().getBytes(ISO_8859_1));
    message.writeBytes(body);
    socket.getOutputStream().write(message.toByteArray());
    socket.getOutputStream().flush();
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeSocket();
  }

  private void closeSocket() {
    if (tcp != null) {
      try {
        tcp.close();
      } catch (IOException e) {
        // Nothing more is sent, so nothing is lost.
      }
    }
  }
}

package io.kubesolo.update.agent.http;

import io.kubesolo.update.agent.http.HttpRequests.Response;
import io.kubesolo.update.agent.http.Proxies.Proxy;
import io.kubesolo.update.core.Deadlines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/**
 * Gets files from any HTTP/1.1 server, and posts small messages. One time limit bounds a request
 * from the look-up of the server's name to the end of the header, redirects included, and to the
 * end of the body if that is small; the same limit bounds the silence within a large body.
 *
 * <p>This is a client of its own because those of the Java runtime do not promise that: the older
 * one limits each read only, and reads interim answers without end; the newer one does not limit
 * a body.
 *
 * <p>One call is one try, see {@link Retries}.
 *
 * <p>Safe for use by several threads.
 */
public final class HttpClient {
  private static final int MAX_REDIRECTS = 5;
  private static final int CHUNK = 8192;
  private static final int MAX_PROBLEM_CHARACTERS = 500;

  private final HttpSettings settings;
  private final Proxies proxies;
  private final SslSockets ssl;

  /**
   * Makes a client. Nothing is sent yet.
   *
   * @param settings how servers are reached
   */
  public HttpClient(HttpSettings settings) {
    this.settings = settings;
    this.proxies = new Proxies(settings.environment());
    this.ssl = new SslSockets(settings.caFile());
  }

  /**
   * Returns a small file.
   *
   * @param address where it is
   * @param maxBytes how many bytes it may have
   * @param waiting called at least once a second while the server is waited for
   * @param <X> the exception with which {@code waiting} may end the wait
   * @return its bytes
   * @throws HttpException if the server did not send it within the time limit
   * @throws X if {@code waiting} throws it
   */
  public <X extends Exception> byte[] fetch(URI address, int maxBytes, Waiting<X> waiting)
      throws HttpException, X {
    Deadline deadline = Deadline.in(settings.timeout());
    try (Exchange<X> exchange = new Exchange<>(deadline, waiting)) {
      return exchange.call(
          () -> {
            Response response = exchange.ask(address, 0);
            requirePlain(response.head());
            requireWhole(response.head());
            return whole(response.body(), maxBytes);
          },
          deadline);
    }
  }

  /**
   * An answer to a request that sent something.
   *
   * @param status the status
   * @param body the body, read as UTF-8; empty if the status is 200, which says it all
   */
  public record Answer(int status, String body) {}

  /** Reads an answer. */
  @FunctionalInterface
  public interface AnswerReader {
    /**
     * Returns if the answer is the wanted one.
     *
     * @param answer the answer
     * @throws HttpException if it is not; its message may repeat what the server says
     */
    void read(Answer answer) throws HttpException;
  }

  /**
   * Sends a small body, and gives the answer to a reader, whatever its status is. A redirect is a
   * failure.
   *
   * @param address where it goes
   * @param fields the fields of the header besides those that each request has
   * @param body the body
   * @param maxBytes how many bytes the answer may have
   * @param reader reads the answer
   * @throws HttpException if the server did not answer within the time limit, or the reader throws it;
   *     without the credentials that were sent
   */
  public void post(
      URI address, Map<String, String> fields, byte[] body, int maxBytes, AnswerReader reader)
      throws HttpException {
    Deadline deadline = Deadline.in(settings.timeout());
    try (Exchange<HttpException> exchange = new Exchange<>(deadline, () -> {})) {
      exchange.call(
          () -> {
            Response response = exchange.post(address, fields, body);
            if (Statuses.redirects(response.head())) {
              throw Exchange.notFollowed(address, response.head());
            }
            int status = response.head().status();
            byte[] answer = status == 200 ? new byte[0] : whole(response.body(), maxBytes);
            reader.read(new Answer(status, new String(answer, StandardCharsets.UTF_8)));
            return status;
          },
          deadline);
    }
  }

  private static void requirePlain(HttpHead head) throws HttpException {
    if (head.coding().isPresent()) {
      throw HttpException.waiting("sends " + head.coding().get() + ", which was not asked for");
    }
  }

  private static void requireWhole(HttpHead head) throws HttpException {
    if (head.status() != 200 && range(head, 0).isEmpty()) {
      throw notAskedFor();
    }
  }

  private static byte[] whole(InputStream body, int maxBytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[CHUNK];
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      bytes.write(buffer, 0, n);
      if (bytes.size() > maxBytes) {
        throw HttpException.retry("malformed answer: has more than " + maxBytes + " bytes");
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Opens a file for reading from an offset on, or from its start if the server does not give it
   * from there.
   *
   * @param address where it is
   * @param from the offset
   * @param waiting called while the server is waited for, here and in reads of the body
   * @param <X> what {@code waiting} throws
   * @return the file, to be closed
   * @throws HttpException if the server did not answer with it within the time limit
   * @throws X what {@code waiting} throws
   */
  public <X extends Exception> Transfer<X> open(URI address, long from, Waiting<X> waiting)
      throws HttpException, X {
    Optional<Transfer<X>> resumed = from == 0 ? Optional.empty() : part(address, from, waiting);
    return resumed.isPresent() ? resumed.get() : part(address, 0, waiting).get();
  }

  /** Opens a file; none if the server does not give it from that offset on. */
  private <X extends Exception> Optional<Transfer<X>> part(
      URI address, long from, Waiting<X> waiting) throws HttpException, X {
    Deadline deadline = Deadline.in(settings.timeout());
    Exchange<X> exchange = new Exchange<>(deadline, waiting);
    Optional<Transfer<X>> body = Optional.empty();
    try {
      body = exchange.call(() -> exchange.transfer(address, from), deadline);
      return body;
    } finally {
      if (body.isEmpty()) {
        exchange.close();
      }
    }
  }

  /** Returns the range of an answer, if it is the one that was asked for. */
  private static Optional<ContentRange> range(HttpHead head, long from) throws HttpException {
    return head.status() == 206
        ? ContentRange.of(head).filter(range -> range.isFrom(from))
        : Optional.empty();
  }

  private static HttpException notAskedFor() {
    return HttpException.retry("the server sends a part of the file that was not asked for");
  }

  /** One request, with the redirects that it follows. */
  private final class Exchange<X extends Exception> implements AutoCloseable {
    private final BoundedIo io = new BoundedIo();
    private final HttpRequests requests;
    private final Waiting<X> waiting;
    private final Redaction redaction = new Redaction();

    Exchange(Deadline deadline, Waiting<X> waiting) {
      this.requests = new HttpRequests(deadline);
      this.waiting = waiting;
    }

    <T> T call(Callable<T> work, Deadline deadline) throws HttpException, X {
      try {
        return io.call(work, deadline, waiting);
      } catch (TimeoutException e) {
        throw HttpException.retry(
            "the server did not answer within " + Deadlines.inWords(deadline.limit()));
      } catch (IOException e) {
        throw NetworkErrors.of(e).withProblem(this::shown);
      }
    }

    /** Returns the start of a message. A credential that is cut would no longer be recognized. */
    private String shown(String problem) {
      String redacted = redaction.apply(problem);
      return redacted.substring(0, Math.min(redacted.length(), MAX_PROBLEM_CHARACTERS));
    }

    /** Asks for a file; none if the server does not give it from that offset on. */
    Optional<Transfer<X>> transfer(URI address, long from) throws IOException {
      Response response = ask(address, from);
      Optional<ContentRange> range = range(response.head(), from);
      if (response.head().status() == 200 || range.isPresent()) {
        return Optional.of(body(response, range));
      }
      if (from == 0) {
        throw notAskedFor();
      }
      return Optional.empty();
    }

    Response ask(URI first, long from) throws IOException {
      URI address = first;
      Response response = get(address, from);
      for (int redirects = 1; Statuses.redirects(response.head()); redirects++) {
        address = next(address, response.head(), redirects);
        try {
          response = get(address, from);
        } catch (IOException e) {
          throw NetworkErrors.of(e).prefixed(via(address));
        }
      }
      int status = response.head().status();
      if (status == 200 || status == 206 || (status == 416 && from > 0)) {
        return response;
      }
      HttpException failure = Statuses.failure(response.head(), "the server answers");
      throw address.equals(first) ? failure : failure.prefixed(via(address));
    }

    private static String via(URI address) {
      return "redirected to " + WebAddress.shown(address) + ": ";
    }

    private static HttpException notFollowed(URI address, HttpHead head) throws HttpException {
      URI to = WebAddress.redirected(address, head.field("location").get());
      return HttpException.waiting(
          "redirects to " + WebAddress.shown(to) + ", which is not followed for a POST");
    }

    private static URI next(URI address, HttpHead head, int redirects) throws HttpException {
      if (redirects > MAX_REDIRECTS) {
        throw HttpException.waiting("redirects more than " + MAX_REDIRECTS + " times");
      }
      return WebAddress.redirected(address, head.field("location").get());
    }

    private Response get(URI address, long from) throws IOException {
      Optional<Proxy> proxy = proxies.of(address);
      proxy.flatMap(Proxy::authorization).ifPresent(redaction::add);
      return requests.get(address, fields(address, from), proxy, ssl);
    }

    Response post(URI address, Map<String, String> added, byte[] body) throws IOException {
      Optional<Proxy> proxy = proxies.of(address);
      proxy.flatMap(Proxy::authorization).ifPresent(redaction::add);
      Map<String, String> all = fields(address, 0);
      all.putAll(added);
      return requests.post(address, all, body, proxy, ssl);
    }

    private Map<String, String> fields(URI address, long from) throws HttpException {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("User-Agent", "update-agent");
      fields.put("Accept", "*/*");
      fields.put("Accept-Encoding", "identity");
      fields.put("Connection", "close");
      if (from > 0) {
        fields.put("Range", "bytes=" + from + "-");
      }
      if (WebAddress.origin(address).equals(WebAddress.origin(settings.origin()))) {
        if (settings.authorizationFile().isPresent()) {
          String authorization =
              LocalFiles.authorization(settings.authorizationFile().get());
          redaction.add(authorization);
          fields.put("Authorization", authorization);
        }
      }
      return fields;
    }

    /**
     * Returns the body, a range of the file or the whole. Servers label a file that is stored
     * compressed with its coding, and send it as it is, with its length; without a length, it was
     * compressed on the way.
     */
    private Transfer<X> body(Response response, Optional<ContentRange> range) throws HttpException {
      long stated = response.head().chunked() ? -1 : response.head().length().orElse(-1L);
      if (stated < 0) {
        requirePlain(response.head());
      }
      long from = range.map(ContentRange::first).orElse(0L);
      long length = range.map(ContentRange::length).orElse(stated);
      return new Transfer<>() {
        @Override
        public boolean isWhole() {
          return range.isEmpty();
        }

        @Override
        public Optional<String> coding() {
          return response.head().coding().map(Exchange.this::shown);
        }

        @Override
        public long from() {
          return from;
        }

        @Override
        public long length() {
          return length;
        }

        @Override
        public int read(byte[] buffer) throws HttpException, X {
          return call(() -> response.body().read(buffer), Deadline.in(settings.timeout()));
        }

        @Override
        public void close() {
          Exchange.this.close();
        }
      };
    }

    @Override
    public void close() {
      requests.close();
      io.close();
    }
  }
}

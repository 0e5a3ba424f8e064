package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.io.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Any static HTTP server. Redirects are not followed. {@link HttpURLConnection} is used because it
 * limits the silence within a body, which Java 17's newer client does not, and starts faster.
 */
public final class HttpUpdateServer implements UpdateServer {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-.*");
  private static final int CHUNK = 8192;

  private final URI folder;
  private final Duration silence;

  /** Uses the files of a folder; {@code silence} is how long the server may send nothing. */
  public HttpUpdateServer(URI folder, Duration silence) {
    this.folder = folder;
    this.silence = silence;
  }

  @Override
  public String address(String name) {
    return folder.resolve(name).toString();
  }

  @Override
  public byte[] fetch(String name, int maxBytes) throws Failure {
    try (Body body = open(name, 0)) {
      return small(name, body, maxBytes);
    }
  }

  /** The limit on silence bounds the whole of a small file: none takes that long. */
  private byte[] small(String name, Body body, int maxBytes) throws Failure {
    long deadline = System.nanoTime() + silence.toNanos();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[CHUNK];
    try {
      for (int n = body.in().read(buffer); n >= 0; n = body.in().read(buffer)) {
        bytes.write(buffer, 0, n);
        if (bytes.size() > maxBytes) {
          throw failure(name, "sends more than " + maxBytes + " bytes");
        }
        if (System.nanoTime() - deadline > 0) {
          throw failure(name, "is not complete after " + seconds());
        }
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw failure(name, body.reason(e));
    }
  }

  @Override
  public Body open(String name, long from) throws Failure {
    try {
      HttpURLConnection connection = connect(name, from);
      int status = connection.getResponseCode();
      if (status == 416 && from > 0) {
        connection.disconnect();
        return open(name, 0);
      }
      try {
        long start = start(connection, status, from);
        return new HttpBody(start, connection, connection.getInputStream());
      } catch (Failure e) {
        connection.disconnect();
        throw e.at(address(name));
      }
    } catch (IOException e) {
      throw failure(name, reason(e));
    }
  }

  private HttpURLConnection connect(String name, long from) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) folder.resolve(name).toURL().openConnection();
    int millis = (int) silence.toMillis();
    connection.setConnectTimeout(millis);
    connection.setReadTimeout(millis);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept-Encoding", "identity");
    connection.setRequestProperty("Connection", "close");
    if (from > 0) {
      connection.setRequestProperty("Range", "bytes=" + from + "-");
    }
    return connection;
  }

  /** Returns the offset of the first byte of a response. The failure does not name the file. */
  private static long start(HttpURLConnection response, int status, long from)
      throws IOException, Failure {
    if (status == HttpURLConnection.HTTP_OK) {
      return 0;
    }
    if (status < 0) {
      throw Failure.of("the server does not speak HTTP");
    }
    if (status != HttpURLConnection.HTTP_PARTIAL) {
      String words = response.getResponseMessage();
      throw Failure.of("the server answers " + status + (words == null ? "" : " " + words));
    }
    String range = response.getHeaderField("Content-Range");
    Matcher matcher = CONTENT_RANGE.matcher(range == null ? "" : range);
    if (from == 0 || !matcher.matches() || Long.parseLong(matcher.group(1)) != from) {
      throw Failure.of("the server answers with another range than asked for: " + range);
    }
    return from;
  }

  private Failure failure(String name, String problem) {
    return Failure.at(address(name), problem);
  }

  private String reason(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return "the server kept silent for " + seconds();
    }
    if (e instanceof UnknownHostException) {
      return "no such host";
    }
    String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return e instanceof ConnectException ? "no connection: " + what : "broken off: " + what;
  }

  private String seconds() {
    return silence.toSeconds() + " s";
  }

  private final class HttpBody implements Body {
    private final long from;
    private final HttpURLConnection connection;
    private final InputStream in;

    HttpBody(long from, HttpURLConnection connection, InputStream in) {
      this.from = from;
      this.connection = connection;
      this.in = in;
    }

    @Override
    public long from() {
      return from;
    }

    @Override
    public InputStream in() {
      return in;
    }

    @Override
    public void close() {
      connection.disconnect();
    }

    @Override
    public String reason(IOException e) {
      return HttpUpdateServer.this.reason(e);
    }
  }
}

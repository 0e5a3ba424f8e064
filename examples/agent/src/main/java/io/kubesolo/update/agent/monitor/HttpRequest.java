package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an HTTP request. The body is ignored, because every request only reads.
 *
 * <p>Immutable.
 *
 * @param method the method
 * @param path the decoded path, without the query
 * @param query the query as it was sent; "" if there is none
 * @param host the authority that the client asked for; none if it named none
 * @param headers the values of each header, by its name in lower case, joined by commas
 */
record HttpRequest(
    String method, String path, String query, Optional<String> host, Map<String, String> headers) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(" + TOKEN + ") (\\S+) HTTP/1\\.[0-9]");
  private static final Pattern NAME = Pattern.compile(TOKEN);

  /** Says why a request is malformed. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    Malformed(int status, String message) {
      super(message, null, false, false);
      this.status = status;
    }

    HttpReply reply() {
      return HttpReply.text(status, String.valueOf(getMessage()));
    }
  }

  /** Copies the headers. */
  HttpRequest {
    headers = Map.copyOf(headers);
  }

  /**
   * Returns where the head in the first bytes of a buffer ends; -1 if it is not complete.
   *
   * @param start where to start searching for the empty line
   */
  static int end(byte[] bytes, int start, int length) {
    for (int i = start; i < length; i++) {
      if (bytes[i] == '\n' && isLineBreak(bytes, i + 1, length)) {
        return i + 1;
      }
    }
    return -1;
  }

  private static boolean isLineBreak(byte[] bytes, int at, int length) {
    return (at < length && bytes[at] == '\n')
        || (at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n');
  }

  /** Parses the lines of a head, up to the empty one. */
  static HttpRequest parse(byte[] bytes, int length) throws Malformed {
    List<String> lines = List.of(new String(bytes, 0, length, ISO_8859_1).split("\r?\n", -1));
    Matcher request = REQUEST_LINE.matcher(lines.get(0));
    if (!request.matches()) {
      throw new Malformed(400, "this is not an HTTP/1.1 request");
    }
    Map<String, String> headers = headers(lines.subList(1, lines.size()));
    URI target = target(request.group(2));
    Optional<String> host = target.getRawAuthority() == null
        ? Optional.ofNullable(headers.get("host"))
        : Optional.of(target.getRawAuthority());
    String path = target.getPath();
    String query = target.getRawQuery();
    return new HttpRequest(
        request.group(1), path == null ? "" : path, query == null ? "" : query, host, headers);
  }

  private static Map<String, String> headers(List<String> lines) throws Malformed {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : lines) {
      if (line.isEmpty()) {
        continue;
      }
      int colon = line.indexOf(':');
      String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      if (!NAME.matcher(name).matches()) {
        throw new Malformed(400, "a header is malformed");
      }
      if (name.equals("host") && headers.containsKey(name)) {
        throw new Malformed(400, "there are two Host headers");
      }
      headers.merge(name, line.substring(colon + 1).strip(), (one, two) -> one + ", " + two);
    }
    return headers;
  }

  private static URI target(String target) throws Malformed {
    try {
      // Two slashes at the start are a path here; a URI would read what follows as a host.
      return new URI(target.startsWith("//") ? "/." + target.substring(1) : target);
    } catch (URISyntaxException e) {
      throw new Malformed(400, "the address is malformed");
    }
  }

  /** Returns the value of a header, whose name is given in lower case; "" if it is absent. */
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  boolean isHead() {
    return method.equals("HEAD");
  }
}

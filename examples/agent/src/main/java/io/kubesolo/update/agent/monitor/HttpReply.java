package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The answer to a request.
 *
 * <p>Immutable.
 *
 * @param status the HTTP status
 * @param headers the headers, without those that every answer has
 * @param body the body, which is sent in UTF-8
 * @param isStream whether the connection stays open for events
 */
record HttpReply(int status, Map<String, String> headers, String body, boolean isStream) {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final String ETAG = "ETag";

  /** The reason phrases of the statuses that this server sends. */
  private static final Map<Integer, String> REASONS = Map.of(
      OK,
      "OK",
      NOT_MODIFIED,
      "Not Modified",
      400,
      "Bad Request",
      404,
      "Not Found",
      405,
      "Method Not Allowed",
      421,
      "Misdirected Request",
      431,
      "Request Header Fields Too Large",
      500,
      "Internal Server Error",
      503,
      "Service Unavailable");

  /** Copies the headers. */
  HttpReply {
    headers = Map.copyOf(headers);
  }

  static HttpReply of(int status, String contentType, String body) {
    return new HttpReply(status, Map.of("Content-Type", contentType), body, false);
  }

  /** Returns an answer of one line for the operator, with its line break. */
  static HttpReply text(int status, String line) {
    return of(status, "text/plain; charset=utf-8", line + "\n");
  }

  static HttpReply json(int status, String json) {
    return of(status, "application/json", json);
  }

  /** Returns the start of a stream of events. */
  static HttpReply stream(String contentType, String start) {
    return new HttpReply(OK, Map.of("Content-Type", contentType), start, true);
  }

  HttpReply with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new HttpReply(status, more, body, isStream);
  }

  /** Returns this answer with an entity tag, in quotes. */
  HttpReply withEtag(String tag) {
    return with(ETAG, tag);
  }

  /** Returns this answer, or 304 if the client has it already. */
  HttpReply to(HttpRequest request) {
    String etag = headers.get(ETAG);
    boolean known = status == OK
        && etag != null
        && Stream.of(request.header("if-none-match").split(",", -1))
            .map(String::strip)
            .anyMatch(tag -> tag.equals("*") || weak(tag).equals(weak(etag)));
    return known ? new HttpReply(NOT_MODIFIED, headers, "", false) : this;
  }

  private static String weak(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }

  /**
   * Returns the bytes of the answer. It ends the connection, so that a client that sends many
   * requests at once and reads no answer gets one answer only.
   *
   * @param head whether only the head was asked for
   */
  ByteBuffer toBytes(boolean head) {
    byte[] content = body.getBytes(UTF_8);
    StringBuilder text = new StringBuilder();
    text.append("HTTP/1.1 " + status + " " + REASONS.getOrDefault(status, "") + "\r\n");
    headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    if (!isStream && status != NOT_MODIFIED) {
      text.append("Content-Length: " + content.length + "\r\n");
    }
    text.append("X-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\n")
        .append("Connection: close\r\n\r\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + content.length);
    bytes.writeBytes(text.toString().getBytes(UTF_8));
    if (!head) {
      bytes.writeBytes(content);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }
}

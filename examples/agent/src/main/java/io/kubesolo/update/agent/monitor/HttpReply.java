package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.vavr.control.Option;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param contentType the media type of the body
 * @param body the body, to be sent in UTF-8
 * @param etag what tells this content from other content of the same address, quotes included
 */
record HttpReply(int status, String contentType, String body, Option<String> etag) {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  static HttpReply of(int status, String contentType, String body) {
    return new HttpReply(status, contentType, body, Option.none());
  }

  /** A line for a person, with its line break. */
  static HttpReply text(int status, String line) {
    return of(status, "text/plain; charset=utf-8", line + "\n");
  }

  static HttpReply json(int status, String json) {
    return of(status, "application/json", json);
  }

  HttpReply withEtag(String tag) {
    return new HttpReply(status, contentType, body, Option.some(tag));
  }

  /** Sends this, or only that the client has it already, and ends the exchange. */
  void send(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      etag.forEach(tag -> headers.set("ETag", tag));
      if (status == OK && isKnown(exchange.getRequestHeaders())) {
        exchange.sendResponseHeaders(NOT_MODIFIED, -1);
      } else {
        sendWhole(exchange);
      }
    }
  }

  /** A HEAD request is answered without body. */
  private void sendWhole(HttpExchange exchange) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", contentType);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private boolean isKnown(Headers request) {
    return etag.isDefined()
        && request.getOrDefault("If-None-Match", List.of()).stream()
            .flatMap(list -> Stream.of(list.split(",", -1)))
            .map(String::strip)
            .anyMatch(tag -> tag.equals("*") || weak(tag).equals(weak(etag.get())));
  }

  private static String weak(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}

package io.kubesolo.update.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A client of one instance of the service, which listens on this machine. */
class FleetClient {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;

  FleetClient(int port) {
    this.port = port;
  }

  /** An answer, with its body as JSON if it is not empty. */
  record Answer(int status, HttpResponse<String> response) {
    JsonNode json() throws IOException {
      return JSON.readTree(response.body());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  private HttpRequest.Builder builder(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    return headers.length > 0 ? request.headers(headers) : request;
  }

  /** Sends a request; headers are names and values in turn. */
  Answer request(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest request = builder(path, headers)
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
        .header("Content-Type", "application/json")
        .timeout(TIMEOUT)
        .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  /** Follows the event stream, from the position of a path or header on. */
  EventClient follow(String path, String... headers) throws Exception {
    HttpResponse<InputStream> response =
        client.send(builder(path, headers).build(), BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/event-stream;charset=UTF-8");
    return new EventClient(response.body());
  }

  int port() {
    return port;
  }

  Answer get(String path) throws IOException, InterruptedException {
    return request("GET", path, "");
  }

  /** Sends an event to a device, as JSON. */
  Answer post(String id, String event, String... headers) throws IOException, InterruptedException {
    return request("POST", "/devices/" + id + "/events", event, headers);
  }

  /** Sends an event whose values are in JSON, without the braces. */
  Answer send(String id, String event, String... headers) throws Exception {
    return post(id, "{\"event\":" + event + "}", headers);
  }

  /** Acquires or releases a lock. */
  Answer lock(String path, String group, String id) throws Exception {
    return request(
        "POST",
        "/fleet-lock/v1/" + path,
        "{\"client_params\":{\"id\":\"" + id + "\",\"group\":\"" + group + "\"}}",
        "fleet-lock-protocol",
        "true");
  }
}

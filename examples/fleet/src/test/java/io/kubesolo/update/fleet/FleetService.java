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
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An instance of the service in this process, and a client of it. */
final class FleetService implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  final ConfigurableApplicationContext context;
  private final int port;

  FleetService(String database, String... options) {
    context = new SpringApplicationBuilder(FleetApplication.class)
        .run(Stream.concat(
                Stream.of(
                    "--server.port=0",
                    "--spring.jmx.enabled=false",
                    "--logging.level.root=warn",
                    "--fleet.database=" + database),
                Stream.of(options))
            .toArray(String[]::new));
    port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
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

  /** Sends a request; headers are names and values in turn. */
  Answer request(String method, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port + path))
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
        .header("Content-Type", "application/json");
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  /** Follows the event stream, from the position of a path or header on. */
  EventClient follow(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<InputStream> response = CLIENT.send(request.build(), BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/event-stream;charset=UTF-8");
    return new EventClient(response.body());
  }

  int port() {
    return port;
  }

  Answer get(String path) throws Exception {
    return request("GET", path, "");
  }

  /** Sends an event whose values are in JSON, without the braces. */
  Answer send(String id, String event, String... headers) throws Exception {
    return request("POST", "/devices/" + id + "/events", "{\"event\":" + event + "}", headers);
  }

  /** Takes or gives back a lock. */
  Answer lock(String path, String group, String id) throws Exception {
    return request(
        "POST",
        "/fleet-lock/v1/" + path,
        "{\"client_params\":{\"id\":\"" + id + "\",\"group\":\"" + group + "\"}}",
        "fleet-lock-protocol",
        "true");
  }

  @Override
  public void close() {
    context.close();
  }
}

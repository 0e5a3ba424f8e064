package io.kubesolo.update.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.fsm.UpdateLifecycle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A web application with all that Spring Boot configures by itself, asked over HTTP. */
class UpdateApplicationTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir
  private Path dir;

  /** The application. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  private static HttpResponse<String> get(ConfigurableApplicationContext context, String endpoint)
      throws Exception {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    URI address = URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  @Test
  void runsOnTheSpringBootThatTheBuildNames() {
    assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("spring-boot.version"));
  }

  @Test
  void showsHealthStateAndMetricsOverHttp() throws Exception {
    Path file = dir.resolve("state.json");
    try (ConfigurableApplicationContext context = SpringApplication.run(
        Application.class,
        "--spring.config.name=none",
        "--spring.main.banner-mode=off",
        "--server.address=127.0.0.1",
        "--server.port=0",
        "--update.file=" + file,
        "--update.tick-interval=1h",
        "--management.endpoint.health.show-details=always",
        "--management.endpoints.web.exposure.include=health,update,prometheus")) {
      context.getBean(UpdateLifecycle.class).send(new Check());
      context.getBean(UpdateTicker.class).tick();

      assertThat(get(context, "prometheus").body().lines())
          .contains(
              "kubesolo_update_state_readable 1.0",
              "kubesolo_update_phase{phase=\"checking\"} 1.0");
      JsonNode answer = JSON.readTree(get(context, "update").body());
      assertThat(answer.at("/state/phase").textValue()).isEqualTo("checking");
      assertThat(answer.at("/permitted")).hasSize(4);
      JsonNode up = JSON.readTree(get(context, "health").body()).at("/components/update");
      assertThat(up.at("/status").textValue()).isEqualTo("UP");
      assertThat(up.at("/details/phase").textValue()).isEqualTo("checking");

      Files.writeString(file, "{");
      HttpResponse<String> health = get(context, "health");
      assertThat(health.statusCode()).isEqualTo(503);
      JsonNode down = JSON.readTree(health.body()).at("/components/update");
      assertThat(down.at("/status").textValue()).isEqualTo("DOWN");
      assertThat(down.at("/details/problem").textValue()).contains(file.toString());
    }
  }
}

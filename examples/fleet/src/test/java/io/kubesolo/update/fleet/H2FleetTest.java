package io.kubesolo.update.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

class H2FleetTest extends FleetContract {
  private static final String FLEET = FleetApplication.class.getPackageName();

  @Override
  String database() {
    return "jdbc:h2:mem:fleet;USER=sa;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1";
  }

  @Test
  void asksToSendAgainIfTheDatabaseDoesNotAnswer() throws Exception {
    try (FleetService cutOff = new FleetService(database())) {
      cutOff.context.getBean(HikariDataSource.class).close();
      for (FleetService.Answer answer : List.of(
          cutOff.send("cut-off", "\"check\""),
          cutOff.get("/devices/cut-off"),
          cutOff.get("/counts"),
          cutOff.lock("pre-reboot", "cut-off", "cut-off"))) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
      }
      assertThatCode(cutOff.context.getBean(FleetTick.class)::tick).doesNotThrowAnyException();
    }
  }

  @Test
  void endsTheStreamsOfItsClientsWhenItStops() throws Exception {
    FleetService stopping = new FleetService(database(), "--server.shutdown=graceful");
    try (EventClient client = stopping.follow("/events")) {
      long start = System.nanoTime();
      stopping.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      for (int i = 0; i < 100 && !client.hasEnded(); i++) {
        Thread.sleep(50);
      }
      assertThat(client.hasEnded()).isTrue();
    }
  }

  @Test
  void isDescribedByOpenApi() throws Exception {
    JsonNode document = service.get("/openapi.json").json();
    Set<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      path.getValue()
          .fieldNames()
          .forEachRemaining(method -> described.add(method + " " + path.getKey()));
    }

    Set<String> mapped = new TreeSet<>();
    service
        .context
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach((mapping, method) -> {
          if (method.getBeanType().getPackageName().equals(FLEET)) {
            for (RequestMethod each : mapping.getMethodsCondition().getMethods()) {
              mapping
                  .getPatternValues()
                  .forEach(path -> mapped.add(each.name().toLowerCase(Locale.ROOT) + " " + path));
            }
          }
        });
    assertThat(described).isEqualTo(mapped);
    document
        .findValuesAsText("$ref")
        .forEach(reference -> assertThat(document.at(reference.substring(1)).isMissingNode())
            .as(reference)
            .isFalse());
  }
}

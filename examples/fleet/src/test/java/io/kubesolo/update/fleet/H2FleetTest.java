package io.kubesolo.update.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
      for (FleetClient.Answer answer : List.of(
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /devices/%00 HTTP/1.1\r\nHost: a\r\n",
        "GET /devices/a%2Fb HTTP/1.1\r\nHost: a\r\n",
        "GET /%zz HTTP/1.1\r\nHost: a\r\n",
        "GET /devices?phase=%zz HTTP/1.1\r\nHost: a\r\n",
        "GET /list?search=%f HTTP/1.1\r\nHost: a\r\n",
        "GET /<b> HTTP/1.1\r\nHost: a\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n",
        "GET /list?phase=asleep HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\n",
        "GET /error HTTP/1.1\r\nHost: a\r\n",
        "G@T / HTTP/1.1\r\nHost: a\r\n",
        "nonsense\r\n",
        "POST /devices/a/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: none\r\n",
        "POST /devices/a/events HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n"
      })
  void refusesByAProblemDocument(String request) throws Exception {
    expectAProblem(request + "Connection: close\r\n\r\n");
  }

  @Test
  void refusesWhatIsTooLongOrCutOffByAProblemDocument() throws Exception {
    String close = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    expectAProblem("GET /" + "x".repeat(10_000) + close + "\r\n");
    expectAProblem("GET /" + close + "X-Long: " + "x".repeat(10_000) + "\r\n\r\n");
    expectAProblem(
        "POST /devices/a/events" + close + "Transfer-Encoding: chunked\r\n\r\nno number\r\n");
  }

  private void expectAProblem(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .matches(Pattern.compile("HTTP/1.1 (4|50[15]).*", Pattern.DOTALL))
          .containsPattern("Content-Type: application/problem\\+json")
          .contains("\"status\":")
          .doesNotContain("\tat ");
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

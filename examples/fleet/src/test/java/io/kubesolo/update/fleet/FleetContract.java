package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.fleet.FleetClient.Answer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The answers of the service, on each database. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class FleetContract {
  private static final AtomicInteger IDS = new AtomicInteger();

  FleetService service;

  /** Another instance over the same database. */
  private FleetService other;

  abstract String database() throws Exception;

  @BeforeAll
  void start() throws Exception {
    service =
        new FleetService(database(), "--fleet.tick-interval=100ms", "--fleet.lock-slots.two=2");
    other = new FleetService(database());
  }

  @AfterAll
  void stop() throws IOException {
    service.close();
    other.close();
  }

  static String newId() {
    return "device-" + IDS.incrementAndGet();
  }

  private JdbcTemplate sql() {
    return service.context.getBean(JdbcTemplate.class);
  }

  @Test
  void acceptsAnEventAndReadsItBack() throws Exception {
    String id = newId();
    Answer sent = service.send(id, "\"download\",\"to_version\":\"v2\",\"running_version\":\"v1\"");
    assertThat(sent.status()).isEqualTo(200);
    assertThat(sent.header("ETag")).isEqualTo("\"1\"");
    JsonNode device = service.get("/devices/" + id).json();
    assertThat(device.path("state")).isEqualTo(sent.json().path("state"));
    assertThat(device.path("state").path("phase").asText()).isEqualTo("downloading");
    assertThat(device.path("state").path("to_version").asText()).isEqualTo("v2");
    assertThat(device.path("state").path("boot").path("id").asText()).isEqualTo("db");
    assertThat(service.get("/devices/" + id).response().body())
        .matches(".*\"uptime_s\": [0-9.]+}.*");
    assertThat(device.path("permitted").toString())
        .isEqualTo("[\"download\",\"stage\",\"fail\",\"cancel\"]");
    assertThat(device.path("age_s").asLong(-1)).isBetween(0L, 60L);
    assertThat(device.path("deadline_s").asLong()).isEqualTo(21_600);
    assertThat(device.path("overdue").asBoolean(true)).isFalse();
  }

  @Test
  void takesTheTimesOfEventsFromTheDatabase() throws Exception {
    String id = newId();
    JsonNode state = service.send(id, "\"check\"").json().path("state");
    double uptime = state.path("boot").path("uptime_s").asDouble();
    double updated = Instant.parse(state.path("updated_at").asText()).toEpochMilli() / 1e3;
    assertThat(updated).isCloseTo(uptime, offset(1.0));
  }

  @Test
  void answersAnUnchangedDeviceByItsTag() throws Exception {
    String id = newId();
    service.send(id, "\"check\"");
    assertThat(service
            .request("GET", "/devices/" + id, "", "If-None-Match", "\"1\"")
            .status())
        .isEqualTo(304);
  }

  @Test
  void doesNotFindADeviceThatHadNoEvent() throws Exception {
    Answer answer = service.get("/devices/" + newId());
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().path("reason").asText()).isEqualTo("unknown_device");
  }

  @Test
  void refusesAnIllegalTransitionWithWhatIsPermitted() throws Exception {
    Answer answer = service.send(newId(), "\"confirm\"");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.path("type").asText()).isEqualTo("urn:kubesolo:update:illegal_transition");
    assertThat(problem.path("status").asInt()).isEqualTo(409);
    assertThat(problem.path("reason").asText()).isEqualTo("illegal_transition");
    assertThat(problem.path("detail").asText()).contains("confirm", "idle");
    assertThat(problem.path("phase").asText()).isEqualTo("idle");
    assertThat(problem.path("guards").toString()).isEqualTo("[]");
    assertThat(problem.path("permitted").toString()).isEqualTo("[\"check\",\"download\"]");
  }

  @Test
  void refusesADeniedEventWithItsGuards() throws Exception {
    String id = newId();
    JsonNode problem = service
        .send(id, "\"download\",\"to_version\":\"v1\",\"running_version\":\"v1\"")
        .json();
    assertThat(problem.path("reason").asText()).isEqualTo("guard_denied");
    assertThat(problem.path("guards").toString()).isEqualTo("[\"newTarget\"]");
    assertThat(problem.path("permitted").toString()).isEqualTo("[\"check\",\"download\"]");
    assertThat(service.get("/devices/" + id).status()).isEqualTo(404);
  }

  @Test
  void comparesTheRevisionOfTheSender() throws Exception {
    String id = newId();
    assertThat(service.send(id, "\"check\"", "If-Match", "\"0\"").status()).isEqualTo(200);
    Answer stale = service.send(id, "\"no_update\"", "If-Match", "\"0\"");
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.json().path("reason").asText()).isEqualTo("stale");
    assertThat(stale.json().path("revision").asLong()).isEqualTo(1);
    assertThat(service.send(id, "\"no_update\"", "If-Match", "\"1\"").status()).isEqualTo(200);
    assertThat(service.send(id, "\"check\"", "If-Match", "W/\"2\"").status()).isEqualTo(400);
    assertThat(service.send(id, "\"check\"", "If-Match", "2").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | no event",
        "[] | not a JSON object",
        "{\"event\":\"check\"} {} | one JSON object",
        "{\"event\":\"check\",\"event\":\"check\"} | one JSON object",
        "{\"event\":\"begin\"} | begin",
        "{\"event\":7} | no event",
        "{\"event\":\"download\",\"running_version\":\"v1\"} | to_version",
        "{\"event\":\"verify\",\"running_version\":1} | running_version",
        "{\"event\":\"fail\",\"error\":\" \"} | error",
        "{\"event\":\"rollback\",\"error\":\"e\",\"retry\":\"yes\"} | retry",
        "not json | one JSON object"
      })
  void refusesABodyThatIsNoEvent(String body, String detail) throws Exception {
    String id = newId();
    Answer answer = service.request("POST", "/devices/" + id + "/events", body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("reason").asText()).isEqualTo("invalid_event");
    assertThat(answer.json().path("detail").asText()).contains(detail);
    assertThat(service.get("/devices/" + id).status()).isEqualTo(404);
  }

  @Test
  void refusesAnIdThatNoDeviceHasAndABodyThatIsTooLarge() throws Exception {
    assertThat(service.get("/devices/" + "x".repeat(256)).status()).isEqualTo(400);
    assertThat(service.send("a%07b", "\"check\"").status()).isEqualTo(400);
    assertThat(service
            .send(newId(), "\"check\",\"x\":\"" + "x".repeat(70_000) + "\"")
            .status())
        .isEqualTo(413);
    assertThat(service.get("/nothing").status()).isEqualTo(404);
    assertThat(service.request("DELETE", "/devices/x", "").status()).isEqualTo(405);
  }

  @Test
  void leavesARowThatIsNoStateAsItIs() throws Exception {
    String id = newId();
    service.send(id, "\"check\"");
    sql().update("UPDATE update_state SET document = '{' WHERE id = ?", id);
    assertThat(service.get("/devices/" + id).status()).isEqualTo(500);
    Answer answer = service.send(id, "\"no_update\"");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.json().path("reason").asText()).isEqualTo("unreadable");
    assertThat(answer.json().path("detail").asText()).contains(id);
    sql().update("DELETE FROM update_state WHERE id = ?", id);
  }

  @Test
  void acceptsAnEventOnceIfManySendItForOneRevision() throws Exception {
    String id = newId();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> senders = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        FleetService instance = i % 2 == 0 ? service : other;
        senders.add(() -> instance.send(id, "\"check\"", "If-Match", "\"0\"").status());
      }
      List<Integer> answers = new ArrayList<>();
      for (Future<Integer> answer : threads.invokeAll(senders)) {
        answers.add(answer.get());
      }
      assertThat(answers).containsOnlyOnce(200).containsOnly(200, 412);
    } finally {
      threads.shutdownNow();
    }
    assertThat(service.get("/devices/" + id).header("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void listsAndCountsByPhaseVersionErrorAndAge() throws Exception {
    String version = "listed-" + newId();
    List<String> ids = List.of(newId(), newId(), newId());
    for (String id : ids) {
      service.send(
          id, "\"download\",\"running_version\":\"v1\",\"to_version\":\"" + version + "\"");
    }
    service.send(ids.get(1), "\"fail\",\"error\":\"no room\"");
    service.send(ids.get(2), "\"stage\"");
    sql()
        .update(
            "UPDATE update_state SET updated_at = updated_at - INTERVAL '2' DAY WHERE id = ?",
            ids.get(2));
    String of = "version=" + version;

    assertThat(listed(of)).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(listed(of + "&phase=downloading")).containsExactly(ids.get(0));
    assertThat(listed(of + "&error=true")).containsExactly(ids.get(1));
    assertThat(listed(of + "&error=false")).containsExactlyInAnyOrder(ids.get(0), ids.get(2));
    assertThat(listed(of + "&min_age=PT24H")).containsExactly(ids.get(2));
    assertThat(listed(of + "&min_age=PT72H")).isEmpty();
    assertThat(counts(of + "&by=phase"))
        .containsExactlyInAnyOrder(
            "{\"phase\":\"downloading\",\"devices\":1}",
            "{\"phase\":\"failed\",\"devices\":1}",
            "{\"phase\":\"staged\",\"devices\":1}");
    assertThat(counts(of + "&by=version"))
        .containsExactly("{\"version\":\"" + version + "\",\"devices\":3}");
    assertThat(counts(of + "&by=error"))
        .containsExactlyInAnyOrder(
            "{\"error\":false,\"devices\":2}", "{\"error\":true,\"devices\":1}");
    assertThat(counts(of + "&by=age,error"))
        .containsExactlyInAnyOrder(
            "{\"age\":\"under 1h\",\"error\":false,\"devices\":1}",
            "{\"age\":\"under 1h\",\"error\":true,\"devices\":1}",
            "{\"age\":\"1d to 7d\",\"error\":false,\"devices\":1}");
  }

  private List<String> listed(String query) throws Exception {
    List<String> ids = new ArrayList<>();
    service
        .get("/devices?" + query)
        .json()
        .path("devices")
        .forEach(device -> ids.add(device.path("id").asText()));
    return ids;
  }

  private List<String> counts(String query) throws Exception {
    List<String> counts = new ArrayList<>();
    service
        .get("/counts?" + query)
        .json()
        .path("counts")
        .forEach(count -> counts.add(count.toString()));
    return counts;
  }

  @Test
  void listsInPages() throws Exception {
    String version = "paged-" + newId();
    for (int i = 0; i < 5; i++) {
      service.send(
          newId(), "\"download\",\"running_version\":\"v1\",\"to_version\":\"" + version + "\"");
    }
    List<String> all = listed("version=" + version);
    List<String> pages = new ArrayList<>();
    String after = "";
    while (true) {
      JsonNode page = service.get("/devices?limit=2&version=" + version + after).json();
      page.path("devices").forEach(device -> pages.add(device.path("id").asText()));
      if (page.path("next_after").isMissingNode()) {
        break;
      }
      after = "&after=" + page.path("next_after").asText();
    }
    assertThat(pages).hasSize(5).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({
    "/devices?phase=asleep",
    "/devices?min_age=1h",
    "/devices?min_age=PT-1H",
    "/devices?limit=0",
    "/devices?limit=1001",
    "/devices?limit=x",
    "/devices?error=perhaps",
    "/devices?version=%00",
    "/devices?after=a%00",
    "/devices?search=%00",
    "/counts?by=name"
  })
  void refusesAnInvalidQuery(String path) throws Exception {
    Answer answer = service.get(path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
  }

  @Test
  void endsAnOverduePhase() throws Exception {
    String id = newId();
    service.send(id, "\"check\"");
    String other = newId();
    service.send(other, "\"check\"");
    age(id, Duration.ofMinutes(6));
    assertThat(ended(id)).isEqualTo("timed out in checking after 5m");
    assertThat(state(id).path("revision").asLong()).isEqualTo(2);
    assertThat(state(other).path("phase").asText()).isEqualTo("checking");
  }

  private JsonNode state(String id) throws Exception {
    return service.get("/devices/" + id).json().path("state");
  }

  /** Waits until a device is no longer checking, and returns its error. */
  private String ended(String id) throws Exception {
    for (int i = 0; i < 200 && state(id).path("phase").asText().equals("checking"); i++) {
      Thread.sleep(50);
    }
    return state(id).path("last_error").asText();
  }

  /** Makes the last event of a device older, by the database's clock. */
  private void age(String id, Duration by) {
    String document =
        sql().queryForObject("SELECT document FROM update_state WHERE id = ?", String.class, id);
    Matcher uptime = Pattern.compile("\"uptime_s\": ([0-9.]+)").matcher(document);
    assertThat(uptime.find()).isTrue();
    String older = new BigDecimal(uptime.group(1))
        .subtract(BigDecimal.valueOf(by.toSeconds()))
        .toPlainString();
    sql()
        .update(
            "UPDATE update_state SET document = ?, updated_at = updated_at - INTERVAL '6' MINUTE"
                + " WHERE id = ?",
            uptime.replaceFirst("\"uptime_s\": " + older),
            id);
  }

  @Test
  void endsAnOverduePhaseBehindManyThatCannotBeEnded() throws Exception {
    String stuck = newId() + "-stuck-";
    String late = newId() + "-z-late";
    service.send(late, "\"check\"");
    // Rows that no event can be sent for: they are left as they are, and looked at in each tick.
    sql()
        .update(
            "INSERT INTO update_state (id, revision, phase, failed, updated_at, document)"
                + " SELECT ? || n, 1, 'checking', FALSE, TIMESTAMP WITH TIME ZONE"
                + " '2020-01-01 00:00:00+00', '{' FROM generate_series(1, 1100) AS numbers(n)"
                    .replace("generate_series", isPostgres() ? "generate_series" : "system_range"),
            stuck);
    age(late, Duration.ofMinutes(6));
    assertThat(ended(late)).isEqualTo("timed out in checking after 5m");
    sql().update("DELETE FROM update_state WHERE id LIKE ?", stuck + "%");
  }

  private boolean isPostgres() {
    return service.context.getBean(TransitionLog.class).isPostgres();
  }

  @Test
  void streamsTheTransitionsOfAllInstances() throws Exception {
    String ids = newId() + "-streamed-";
    String hostile = "a\\nb\\u2028c\\r\\ndata: d\\u009b";
    try (EventClient client = other.follow("/events")) {
      service.send(ids + "a", "\"download\",\"to_version\":\"v2\",\"running_version\":\"v1\"");
      service.send(ids + "a", "\"fail\",\"error\":\"" + hostile + "\"");
      other.send(ids + "b", "\"check\"");
      service.send(ids + "b", "\"stage\"");
      List<EventClient.Event> events = client.next(ids, 3);
      JsonNode first = events.get(0).data();
      assertThat(first.path("at").asText()).endsWith("Z");
      ((ObjectNode) first).remove("at");
      assertThat(first.toString())
          .isEqualTo("{\"device\":\"" + ids + "a\",\"revision\":1,\"event\":\"download\","
              + "\"from\":\"idle\",\"to\":\"downloading\",\"to_version\":\"v2\"}");
      assertThat(events.get(1).data().path("error").asText())
          .isEqualTo("a\nb\u2028c\r\ndata: d\u009b");
      assertThat(events.get(2).data().path("event").asText()).isEqualTo("check");
    }
  }

  /** Sends an event for each of three devices, and returns the events that a client saw of them. */
  private List<EventClient.Event> followThreeEvents(String ids) throws Exception {
    try (EventClient client = service.follow("/events")) {
      for (int i = 0; i < 3; i++) {
        service.send(ids + i, "\"check\"");
      }
      return client.next(ids, 3);
    }
  }

  @Test
  void resumesAStreamAfterTheLastEventThatWasSeen() throws Exception {
    String ids = newId() + "-resumed-";
    List<EventClient.Event> seen = followThreeEvents(ids);
    service.send(ids + 3, "\"check\"");
    String last = seen.get(1).id();
    for (EventClient client : List.of(
        other.follow("/events", "Last-Event-ID", last),
        other.follow("/events?after=" + last),
        other.follow("/events?after=0", "Last-Event-ID", last))) {
      try (client) {
        assertThat(client.next("", 1)).containsExactly(seen.get(2));
        assertThat(client.next(ids, 1).get(0).device()).isEqualTo(ids + 3);
      }
    }
    try (EventClient client = service.follow("/events?after=0")) {
      assertThat(client.next(ids, 4)).startsWith(seen.toArray(new EventClient.Event[0]));
    }
  }

  @Test
  void streamsEachTransitionOnceHoweverManyWriteAtOnce() throws Exception {
    String ids = newId() + "-many-";
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (EventClient client = other.follow("/events")) {
      List<Callable<Integer>> senders = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String id = ids + i;
        FleetService instance = i % 2 == 0 ? service : other;
        senders.add(() -> {
          for (int event = 0; event < 40; event++) {
            assertThat(instance
                    .send(id, event % 2 == 0 ? "\"check\"" : "\"cancel\"")
                    .status())
                .isEqualTo(200);
          }
          return 0;
        });
      }
      for (Future<Integer> sender : threads.invokeAll(senders)) {
        sender.get();
      }
      Map<String, List<Long>> revisions = client.next(ids, 320).stream()
          .collect(Collectors.groupingBy(
              EventClient.Event::device,
              Collectors.mapping(EventClient.Event::revision, Collectors.toList())));
      assertThat(revisions).hasSize(8);
      assertThat(revisions.values())
          .allMatch(each -> each.equals(LongStream.rangeClosed(1, 40).boxed().toList()));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void saysThatAPositionIsNoLongerKept() throws Exception {
    String ids = newId() + "-deleted-";
    List<EventClient.Event> seen = followThreeEvents(ids);
    TransitionLog log = service.context.getBean(TransitionLog.class);
    log.deleteOlderThan(Duration.ofSeconds(-1));
    assertThat(log.after(0, 10)).hasSize(1);
    for (String position : List.of(seen.get(0).id(), "9000000000000000000", "-1")) {
      Answer answer = service.get("/events?after=" + position);
      assertThat(answer.status()).isEqualTo(410);
      assertThat(answer.json().path("reason").asText()).isEqualTo("unknown_position");
    }
    assertThat(service.get("/events?after=x").status()).isEqualTo(400);
    service.send(ids + 3, "\"check\"");
    try (EventClient client = service.follow("/events?after=" + seen.get(2).id())) {
      assertThat(client.next("", 1).get(0).device()).isEqualTo(ids + 3);
    }
  }

  @Test
  void waitsForNoClientThatDoesNotRead() throws Exception {
    String id = newId() + "-unread";
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), service.port());
        clients.add(client);
        client.setReceiveBufferSize(1024);
        client
            .getOutputStream()
            .write("GET /events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      }
      for (Socket client : clients) {
        assertThat(client.getInputStream().readNBytes(12)).asString(UTF_8).endsWith(" 200");
      }
      assertThat(service.get("/events").status()).isEqualTo(503);
      String error = "x".repeat(4000);
      for (int i = 0; i < 50; i++) {
        service.send(id, "\"check\"");
        assertThat(service.send(id, "\"fail\",\"error\":\"" + error + "\"").status())
            .isEqualTo(200);
        service.send(id, "\"acknowledge\"");
      }
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
    // Their threads end when the next event cannot be written to them.
    EventClient next = null;
    for (int i = 0; i < 200 && next == null; i++) {
      service.send(id, i % 2 == 0 ? "\"check\"" : "\"cancel\"");
      try {
        next = service.follow("/events");
      } catch (AssertionError e) {
        Thread.sleep(50);
      }
    }
    assertThat(next).isNotNull();
    next.close();
  }

  @Test
  void grantsAsManyLocksAsAGroupHasSlots() throws Exception {
    assertThat(service.lock("pre-reboot", "two", "a").status()).isEqualTo(200);
    assertThat(service.lock("pre-reboot", "two", "b").status()).isEqualTo(200);
    assertThat(service.lock("pre-reboot", "two", "a").status()).isEqualTo(200);
    Answer full = service.lock("pre-reboot", "two", "A");
    assertThat(full.status()).isEqualTo(409);
    assertThat(full.json().path("kind").asText()).isEqualTo("failed_lock_semaphore_full");
    assertThat(full.json().path("value").asText()).isNotEmpty();
    assertThat(service.lock("steady-state", "two", "A").status()).isEqualTo(200);
    assertThat(service.lock("pre-reboot", "two", "A").status()).isEqualTo(409);
    assertThat(service.get("/locks").json().toString()).contains("\"id\":\"a\"", "\"id\":\"b\"");
    assertThat(service.lock("steady-state", "two", "a").status()).isEqualTo(200);
    assertThat(service.lock("pre-reboot", "two", "A").status()).isEqualTo(200);
    assertThat(service.request("DELETE", "/locks/two/b", "").status()).isEqualTo(204);
    assertThat(service.lock("pre-reboot", "two", "c").status()).isEqualTo(200);
  }

  @Test
  void grantsOneLockOfAnUnconfiguredGroupToConcurrentRequests() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> devices = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String id = "contender-" + i;
        FleetService instance = i % 2 == 0 ? service : other;
        devices.add(() -> instance.lock("pre-reboot", "contended", id).status());
      }
      List<Integer> answers = new ArrayList<>();
      for (Future<Integer> answer : threads.invokeAll(devices)) {
        answers.add(answer.get());
      }
      assertThat(answers).containsOnlyOnce(200).containsOnly(200, 409);
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | {\"client_params\":{\"id\":\"\",\"group\":\"g\"}}",
        "true | {\"client_params\":{\"id\":\"a\",\"group\":\"g/h\"}}",
        "true | {\"client_params\":{\"id\":\"a\"}}",
        "true | {\"client_params\":[]}",
        "true | nonsense",
        "false | {\"client_params\":{\"id\":\"a\",\"group\":\"g\"}}"
      })
  void refusesWhatIsNotOfTheLockProtocol(String protocol, String body) throws Exception {
    for (String path : List.of("pre-reboot", "steady-state")) {
      Answer answer =
          service.request("POST", "/fleet-lock/v1/" + path, body, "fleet-lock-protocol", protocol);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().path("kind").asText()).isEqualTo("bad_request");
      assertThat(answer.json().path("value").asText()).isNotEmpty();
    }
  }

  @Test
  void hasHealthAndMetrics() throws Exception {
    service.send(newId(), "\"check\"");
    assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(200);
    assertThat(service.get("/actuator/health").json().path("status").asText()).isEqualTo("UP");
    // The counts are at most one second old.
    Thread.sleep(1_100);
    assertThat(service.get("/actuator/prometheus").response().body().lines())
        .anyMatch(line -> line.matches("kubesolo_fleet_devices\\{phase=\"checking\"} [1-9].*"))
        .anyMatch(line -> line.startsWith("kubesolo_fleet_devices{phase=\"rolled_back\"} "))
        .contains("# HELP kubesolo_fleet_events_total Events that were sent, with their answers.")
        .anyMatch(line -> line.matches(
            "kubesolo_fleet_events_total\\{answer=\"accepted\",event=\"check\"} [1-9].*"));
  }
}

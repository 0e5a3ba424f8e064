package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Readers;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Option;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The page that shows what events would do. */
@Timeout(60)
class WhatIfPageTest {
  @TempDir
  Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private Path file;
  private CommandLineRun agent;
  private MonitorServer server;

  @BeforeEach
  void serve() throws Exception {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
    server = MonitorServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Readers.of(file));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI address = URI.create("http://" + server.address() + path);
    return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private String page(String query) throws Exception {
    HttpResponse<String> answer = get("/what-if?" + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private void stage() {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    agent.run("send", "stage");
  }

  @Test
  void showsEachGuardWithItsValuesAndEachChange() throws Exception {
    stage();

    String page = page("event=activate&event=verify&running_version=v2&event=confirm");

    assertThat(page)
        .contains("<h2 id=\"phase\">success</h2>", "staged &rarr; activated")
        .contains("guard <code>runningTarget</code> <strong class=\"accepted\">holds</strong>")
        .contains("It compares running_version v2, state.to_version v2.")
        .contains("attempt_count: 1 &rarr; <strong>0</strong>")
        .contains("<code>confirm</code> <strong class=\"accepted\">would be accepted</strong>");
    assertThat(classes(page, "edge-staged-activate")).isEqualTo("edge taken");
    assertThat(classes(page, "edge-verifying-confirm")).isEqualTo("edge taken last");
    assertThat(classes(page, "phase-success")).endsWith(" present");
    assertThat(classes(page, "edge-downloading-stage"))
        .as("the history of the device is no part of the exploration")
        .isEqualTo("edge");
  }

  private static String classes(String page, String id) {
    Matcher group = Pattern.compile("<g id=\"" + id + "\" class=\"([^\"]*)\"").matcher(page);
    assertThat(group.find()).as(id).isTrue();
    return group.group(1);
  }

  @Test
  void showsWhyAnEventIsRefusedAndWhatIsPermitted() throws Exception {
    stage();

    String page =
        page("event=verify&running_version=v1&event=activate" + "&event=verify&running_version=v1");

    assertThat(page)
        .contains(new IllegalTransition(
                Phase.STAGED, new Verify("v1"), new TableEngine().table().permitted(Phase.STAGED))
            .message())
        .contains("guard <code>runningTarget</code> <strong class=\"refused\">fails</strong>")
        .contains("the running version must be v2", "<h2 id=\"phase\">activated</h2>")
        .contains("<strong class=\"refused\">would be refused</strong>: verify is denied");
  }

  /** Compares the page with the engine, for each event in each phase. */
  @ParameterizedTest
  @EnumSource(Phase.class)
  void decidesAsTheEngine(Phase phase) throws Exception {
    UpdateState start = UpdateState.builder()
        .phase(phase)
        .toVersion(Option.some("v2"))
        .attemptCount(3)
        .rolledBackVersions(List.of("v9"))
        .build();
    for (EventType type : EventType.values()) {
      for (String target : List.of("v2", "v3", "v9")) {
        UpdateEvent event = UpdateEvent.of(
                type, new Values(Option.some(target), Option.some(target), Option.some("e"), false))
            .get();
        boolean accepted = new TableEngine()
            .decide(start, event, new EventContext(Instant.EPOCH, Option.none(), 3))
            .isRight();
        String query = WhatIfAddress.query(WhatIfAddress.fields(start)) + "&"
            + WhatIfAddress.query(WhatIfAddress.fields(event));

        assertThat(page(query).contains("would be accepted")).as(query).isEqualTo(accepted);
        assertThat(page(query).contains("would be refused")).as(query).isEqualTo(!accepted);
      }
    }
  }

  /**
   * Checks that the fields of a form or a link hold the whole exploration, whatever the device does
   * later.
   */
  @Test
  void holdsTheWholeExplorationInItsAddress() throws Exception {
    stage();
    agent.run("send", "fail", "--error", "a&b=\"c\" + é <i>");

    String page = page("event=download&to_version=v%263+%2B&running_version=v1&event=stage");
    String again = link(page, "Back to before this stage").replace("/what-if?", "");
    agent.run("send", "acknowledge");

    assertThat(page)
        .contains("name=\"last_error\" value=\"a&amp;b=&#34;c&#34; + é &lt;i>\"")
        .contains("the present state of this device. Start again from");
    assertThat(WhatIfAddress.parse(again).start().get().lastError()).contains("a&b=\"c\" + é <i>");
    assertThat(page(again))
        .contains("<h2 id=\"phase\">downloading</h2>", "to_version: v2 &rarr; <strong>v&amp;3 +")
        .doesNotContain("present state of this device. Start again from");
  }

  @Test
  void givesTheEventsAsAReplay() throws Exception {
    String page = page("phase=idle&event=download&to_version=v2&running_version=v1&force=true"
        + "&event=fail&error=no+route");

    HttpResponse<String> replay = get(link(page, "Download the events"));

    assertThat(replay.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"what-if.jsonl\"");
    assertThat(replay.body()).isEqualTo("""
        {"event":"download","to_version":"v2","running_version":"v1","force":true}
        {"event":"fail","error":"no route"}
        """);
    Path script = Files.writeString(folder.resolve("script"), replay.body());
    assertThat(agent.run("what-if", "--file", script.toString()).code()).isZero();
  }

  @Test
  void givesTheEventsAndTheirAnswersAsATranscript() throws Exception {
    String page = page("phase=staged&to_version=v2&event=activate&event=confirm");

    HttpResponse<String> transcript = get(link(page, "with their answers"));

    assertThat(transcript.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"what-if.txt\"");
    assertThat(transcript.body()).endsWith("""
        > given phase=staged to_version=v2
          staged, revision 0, ? to v2, attempts 0
        > activate
          activated, revision 1, ? to v2, attempts 0
        > confirm
          refused: confirm is illegal in activated
          still activated, revision 1, ? to v2, attempts 0
        """);
    assertThat(get("/what-if.txt?event=fail&error=a%0Ab").statusCode()).isEqualTo(400);
    assertThat(get("/what-if.txt?event=none").statusCode()).isEqualTo(400);
    Files.writeString(file, "{");
    assertThat(get("/what-if.txt?event=check").statusCode()).isEqualTo(503);
  }

  private static String link(String page, String words) {
    Matcher link =
        Pattern.compile("<a href=\"([^\"]*)\"[^>]*>" + Pattern.quote(words)).matcher(page);
    assertThat(link.find()).as("%s in %s", words, page).isTrue();
    return link.group(1).replace("&amp;", "&");
  }

  @Test
  void startsFromAnEntryOfTheHistoryOrAFreshDevice() throws Exception {
    stage();
    agent.run("send", "activate");
    agent.run("send", "rollback", "--error", "no");

    String page = page("");
    HttpResponse<String> staged = get(link(page, "after stage: staged v2"));
    HttpResponse<String> fresh = get(link(page, "a fresh device"));

    assertThat(page).contains("<h2 id=\"phase\">rolled back</h2>", "the present state");
    assertThat(staged.body())
        .contains("<h2 id=\"phase\">staged</h2>", "attempt count 1")
        .doesNotContain("<span>rolled back <code>v2");
    assertThat(fresh.body()).contains("<h2 id=\"phase\">idle</h2>", "attempt count 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "event=confrm | unknown event 'confrm'",
        "event=confirm&error=x | confirm carries no 'error'",
        "event=download&to_version=v2 | download needs running_version",
        "event=verify&running_version=+ | running_version is blank",
        "event=fail&error=a&error=b | error is given twice to one fail",
        "event=rollback&error=a&retry=yes | retry is true or false, not 'yes'",
        "phase=asleep | unknown phase 'asleep'",
        "to_version=v2 | unknown phase ''",
        "phase=idle&phase=failed | phase is given twice to the state",
        "phase=idle&attempt_count=-1 | attempt_count is a number from 0 on",
        "phase=idle&attempt_count=9223372036854775808 | attempt_count is a number from 0 on",
        "phase=idle&boot=1 | a state has no 'boot' here, only phase, from_version",
        "phase=idle%0a%1b | unknown phase 'idle\\n\\u001b'",
      })
  void namesWhatIsWrongInOneLine(String query, String problem) throws Exception {
    HttpResponse<String> answer = get("/what-if?" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(problem).hasLineCount(1);
    assertThat(get("/what-if.jsonl?" + query).statusCode()).isEqualTo(400);
  }

  @Test
  void showsTheEventsBeforeTheInvalidOne() throws Exception {
    HttpResponse<String> answer = get("/what-if?phase=idle&event=check&event=%3Cb");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("role=\"alert\"", "unknown event '&lt;b'", "<h2 id=\"phase\">checking</h2>");
  }

  @Test
  void limitsWhatOneRequestAsksFor() throws Exception {
    String most = "phase=idle" + "&event=check".repeat(WhatIfAddress.MAX_EVENTS);
    String versions = "&rolled_back_versions=v".repeat(9);

    assertThat(page(most)).contains("No more than 50 events are explored at once");
    assertThat(get("/what-if?" + most + "&event=check").statusCode()).isEqualTo(400);
    assertThat(get("/what-if?" + "a".repeat(WhatIfAddress.MAX_CHARACTERS + 1)).body())
        .isEqualTo("the address is longer than 8,000 characters\n");
    assertThat(get("/what-if?phase=idle" + versions).body())
        .isEqualTo("there are more than 8 rolled_back_versions\n");
    String error = URLEncoder.encode("\"&<".repeat(300), UTF_8);
    assertThat(page("phase=idle&event=check&event=fail&error=" + error)).hasSizeLessThan(500_000);
  }

  @Test
  void showsMarkupAsText() throws Exception {
    String script = URLEncoder.encode("<script>x</script>\u202e\"'", UTF_8);

    String page = page("phase=failed&to_version=" + script + "&last_error=" + script
        + "&event=download&to_version=" + script + "&running_version=v1");

    assertThat(page).contains("&lt;script&gt;x").doesNotContain("<script>x", "\u202e");
  }

  @Test
  void isStrictAboutWhatItLoadsAndLeadsToItself() throws Exception {
    HttpResponse<String> page = get("/what-if?event=check");

    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self';")
        .contains("form-action 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "*");
    assertThat(get("/").headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("form-action 'none'");
    assertThat(page.body()).doesNotContain(" style=", " onclick=");
  }

  @Test
  void needsNoStateIfItIsGivenOne() throws Exception {
    Files.writeString(file, "{");

    assertThat(page("phase=staged&to_version=v2&event=activate"))
        .contains("<h2 id=\"phase\">activated</h2>")
        .doesNotContain("the present state of this device");
    assertThat(get("/what-if").statusCode()).isEqualTo(503);
    assertThat(get("/what-if").body()).contains("The state cannot be read");
  }

  @Test
  void carriesOnAStateThatTheMachineDoesNotMake() throws Exception {
    Files.writeString(file, "{\"phase\":\"failed\",\"last_error\":\"\"}");

    String page = page("event=acknowledge&event=check");

    assertThat(get(link(page, "Back to before this check")).body())
        .contains("<h2 id=\"phase\">idle</h2>");
  }

  @Test
  void isFoundFromThePageOfTheState() throws Exception {
    assertThat(link(get("/").body(), "Try events without sending them")).isEqualTo("/what-if");
  }
}

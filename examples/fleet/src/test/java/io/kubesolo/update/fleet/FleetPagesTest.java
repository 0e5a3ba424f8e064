package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.Browser;
import io.kubesolo.update.core.testing.tool.Tools;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** The pages in a browser. Screenshots stay in {@code target/screenshots} for inspection. */
@Timeout(180)
class FleetPagesTest {
  private static final Path AXE =
      Path.of("../../.ci/page/node_modules/axe-core/axe.min.js").toAbsolutePath();
  private static final Path SCREENSHOTS = Path.of("target", "screenshots").toAbsolutePath();

  /**
   * An id with markup, the end of an attribute, a reversal of the text, and characters that
   * separate the parts of an address.
   */
  private static final String HOSTILE =
      "gate<img src=x onerror=alert(1)>\"'&amp;\u202Eexe.?a=1#b+c%41 javascript:alert(2)";

  @TempDir
  private Path folder = Path.of("");

  private FleetService service;

  @BeforeEach
  void start() {
    service = new FleetService("jdbc:h2:mem:pages;USER=sa;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private void send(String id, String event) throws Exception {
    String path = URLEncoder.encode(id, UTF_8).replace("+", "%20");
    assertThat(service.send(path, event).status()).isEqualTo(200);
  }

  private void download(String id, String version) throws Exception {
    send(id, "\"download\",\"running_version\":\"v1\",\"to_version\":\"" + version + "\"");
  }

  private void fill() throws Exception {
    for (int i = 0; i < 12; i++) {
      download("gate-" + i, "v2");
    }
    for (int i = 0; i < 4; i++) {
      activate("gate-" + i);
    }
    send("gate-0", "\"confirm\"");
    send("gate-1", "\"confirm\"");
    send("gate-2", "\"rollback\",\"error\":\"the network is not up after 3 tries\"");
    send("gate-4", "\"fail\",\"error\":\"no room\"");
    send("gate-5", "\"cancel\"");
    send("gate-6", "\"stage\"");
    download("kiosk-" + "long".repeat(40), "v3-" + "version".repeat(20));
    send(HOSTILE, "\"check\"");
    send(HOSTILE, "\"fail\",\"error\":\"<b>bold</b>\\u001b[31m </pre><script>alert(3)</script>\"");
    JdbcTemplate sql = service.context.getBean(JdbcTemplate.class);
    sql.update("UPDATE update_state SET updated_at = updated_at - INTERVAL '7' HOUR"
        + " WHERE id IN ('gate-7', 'gate-8')");
  }

  private void activate(String id) throws Exception {
    send(id, "\"stage\"");
    send(id, "\"activate\"");
    send(id, "\"verify\",\"running_version\":\"v2\"");
  }

  private String html(String path) throws Exception {
    return service.get(path).response().body();
  }

  @Test
  void countsListsAndSearches() throws Exception {
    fill();
    assertThat(html("/"))
        .contains("<h1>14 devices</h1>", "<strong>6</strong> <span class=\"phase\">downloading<")
        .contains("<span>2 success</span>", "<span>1 rolled back</span>", "<span>1 idle</span>")
        .contains("<h2 id=\"overdue\">Stuck</h2>", ">gate-7<", ">gate-8<");
    assertThat(html("/list?phase=rolled_back")).contains(">gate-2<").doesNotContain(">gate-1<");
    assertThat(html("/list?overdue=true")).contains(">gate-8<").doesNotContain(">gate-9<");
    assertThat(html("/list?search=GATE-1"))
        .contains("value=\"GATE-1\"", ">gate-1<", ">gate-10<")
        .doesNotContain(">gate-2<");
    assertThat(html("/list?version=v2")).contains(">gate-2<").doesNotContain("kiosk");
    assertThat(html("/list?search=nothing")).contains("No device.");
    assertThat(html("/device?id=gate-2"))
        .contains("the network is not up after 3 tries", "verifying &rarr; rolled_back");
    assertThat(service.get("/device?id=nothing").status()).isEqualTo(404);
    assertThat(service.get("/list?phase=asleep").status()).isEqualTo(400);
    assertThat(service.get("/device").status()).isEqualTo(400);
  }

  @Test
  void aDeviceThatOnlyAsksForAnUpdateIsInNoRollout() throws Exception {
    download("gate-1", "v2");
    assertThat(html("/")).doesNotContain("No rollout is in progress");
    activate("gate-1");
    send("gate-1", "\"confirm\"");
    send("gate-1", "\"acknowledge\"");
    send("gate-1", "\"check\"");
    assertThat(html("/")).contains("No rollout is in progress");
  }

  @Test
  void listsInPages() throws Exception {
    for (int i = 100; i < 205; i++) {
      send("a+b&c " + i, "\"check\"");
    }
    String first = html("/list?phase=checking&search=b%26c");
    assertThat(first).contains(">a+b&amp;c 199<").doesNotContain(">a+b&amp;c 200<");
    String next = first.replaceAll("(?s).*<a href=\"([^\"]*)\" rel=\"next\">.*", "$1");
    assertThat(html(next.replace("&amp;", "&")))
        .contains(">a+b&amp;c 200<", ">a+b&amp;c 204<")
        .doesNotContain(">a+b&amp;c 199<", "rel=\"next\"");
  }

  @Test
  void allowsNoScriptAndNothingOfOthers() throws Exception {
    assertThat(service.get("/").header("Content-Security-Policy"))
        .startsWith("default-src 'none'; img-src data:; style-src 'self';")
        .doesNotContain("unsafe");
    assertThat(service.get("/").header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
  }

  @Test
  void isReadableOnAPhoneAndOnADesk() throws Exception {
    Tools.assumePresent("chromium");
    Tools.assume(Files.exists(AXE), "npm ci has not run in .ci/page");
    Files.createDirectories(SCREENSHOTS);
    String axe = Files.readString(AXE);
    try (Browser browser = new Browser(folder.resolve("chromium"))) {
      isReadable(browser, axe, "empty", "/");
      fill();
      isReadable(browser, axe, "overview", "/");
      isReadable(browser, axe, "list", "/list?search=e");
      for (String id : List.of("gate-1", "gate-2", "gate-5", "gate-9", HOSTILE)) {
        String name = id.startsWith("gate-") ? id : "hostile";
        isReadable(browser, axe, name, "/device?id=" + URLEncoder.encode(id, UTF_8));
      }
      assertThat(browser.evaluate("document.querySelector('pre').textContent").asText())
          .isEqualTo("<b>bold</b>\uFFFD[31m </pre><script>alert(3)</script>");
      assertThat(browser.evaluate("document.querySelector('h1').textContent").asText())
          .isEqualTo(HOSTILE.replace('\u202E', '\uFFFD'));
      isReadable(browser, axe, "nothing", "/device?id=nothing");
      assertThat(browser.complaints()).allMatch(each -> each.contains("404"));
    }
  }

  @Test
  void leadsFromThePageOfTheFleetToAnyDevice() throws Exception {
    Tools.assumePresent("chromium");
    fill();
    try (Browser browser = new Browser(folder.resolve("chromium"))) {
      browser.open(address("/"));
      browser.evaluate("document.querySelector('#search').value = 'IMG';"
          + "document.querySelector('form').submit()");
      browser.await("location.pathname === '/list' && document.readyState === 'complete'");
      browser.evaluate("document.querySelector('.devices a').click()");
      browser.await("location.pathname === '/device' && document.readyState === 'complete'");
      assertThat(browser.evaluate("document.querySelector('h2').textContent").asText())
          .isEqualTo("failed");
      assertThat(browser
              .evaluate("document.querySelector('.picture img').naturalWidth")
              .asInt())
          .isPositive();
    }
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + service.port() + path);
  }

  /**
   * Checks a page in light and dark: nothing is wider than the screen, no name has become an
   * element, and axe finds nothing.
   */
  private void isReadable(Browser browser, String axe, String name, String path) throws Exception {
    browser.open(address(path));
    browser.evaluate(axe + "; true");
    assertThat(browser
            .evaluate("document.querySelectorAll('main b, main script, main img:not("
                + ".picture img)').length")
            .asInt())
        .as("elements of a name")
        .isZero();
    for (int width : new int[] {360, 1200}) {
      for (String scheme : new String[] {"light", "dark"}) {
        browser.look(width, scheme);
        browser.screenshot(SCREENSHOTS.resolve(name + "-" + scheme + "-" + width + ".png"));
        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
            .as("%s, %d", name, width)
            .isLessThanOrEqualTo(width);
        assertThat(browser.violations()).as("%s, %s, %d", name, scheme, width).isEmpty();
      }
    }
  }
}

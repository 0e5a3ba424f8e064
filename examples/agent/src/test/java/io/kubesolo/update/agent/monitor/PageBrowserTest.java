package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.Browser;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.OverdueState;
import io.kubesolo.update.agent.testkit.Readers;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.fsm.LifecycleSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser. Its screenshots stay in {@code target/screenshots} for inspection. */
@Timeout(180)
class PageBrowserTest {
  private static final Path AXE =
      Path.of("../../.ci/page/node_modules/axe-core/axe.min.js").toAbsolutePath();
  private static final Path SCREENSHOTS = Path.of("target", "screenshots").toAbsolutePath();
  private static final String STACK = "java.net.ConnectException: no route to host\n"
      + "  at Download.fetch(Download.java:42)\n".repeat(20);

  @TempDir
  private Path folder = Path.of("");

  private Path file = Path.of("");
  private CommandLineRun agent = new CommandLineRun(file);
  private Optional<MonitorServer> server = Optional.empty();
  private Optional<Browser> chromium = Optional.empty();

  @BeforeEach
  void open() throws Exception {
    Tools.assumePresent("chromium");
    Tools.assume(Files.exists(AXE), "npm ci has not run in .ci/page");
    Files.createDirectories(SCREENSHOTS);
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
  }

  @AfterEach
  void close() {
    chromium.ifPresent(Browser::close);
    server.ifPresent(MonitorServer::close);
  }

  private Browser browse(StatusReader reader) throws Exception {
    MonitorServer started =
        MonitorServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), reader);
    server = Optional.of(started);
    Browser browser = new Browser(folder.resolve("chromium"));
    chromium = Optional.of(browser);
    reload(browser);
    return browser;
  }

  private void reload(Browser browser) throws Exception {
    browser.open(URI.create("http://" + server.orElseThrow().address() + "/"));
    browser.await("document.getElementById('link').textContent.startsWith('Live')");
  }

  private void download(String version) {
    agent.run("send", "download", "--to-version", version, "--running-version", "v1");
  }

  @Test
  void showsTheStateToEveryoneAndFollowsIt() throws Exception {
    download("v1.1");
    agent.run("send", "fail", "--error", "<img src=x onerror=alert(1)> & \"more\"\n" + STACK);
    download("v2<b>bold</b>");
    Browser browser = browse(Readers.of(file));

    assertThat(text(browser, "h2")).isEqualTo("downloading");
    assertThat(text(browser, ".summary")).contains("v2<b>bold</b>");
    assertThat(text(browser, ".error pre")).startsWith("<img src=x onerror=alert(1)> & \"more\"");
    assertThat(browser
            .evaluate("document.querySelectorAll('main b, main img').length")
            .asInt())
        .as("elements from the file")
        .isZero();
    isMarked(browser);
    String age = text(browser, ".age");
    browser.await("document.querySelector('.age').textContent !== '" + age + "'");
    followsAndKeepsWhatIsOpen(browser);
    assertThat(browser.complaints()).isEmpty();
  }

  private void followsAndKeepsWhatIsOpen(Browser browser) throws Exception {
    String shown = "getComputedStyle(document.querySelector('.picture .actions')).visibility";
    assertThat(browser.evaluate(shown).asText()).isEqualTo("hidden");
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true);"
        + "document.getElementById('actions').click()");
    agent.run("send", "stage");
    browser.await("document.querySelector('h2').textContent === 'staged'");

    assertThat(browser
            .evaluate("document.querySelectorAll('details:not([open])').length")
            .asInt())
        .isZero();
    assertThat(browser.evaluate("document.querySelectorAll('details').length").asInt())
        .isEqualTo(2);
    assertThat(browser.evaluate(shown).asText()).isEqualTo("visible");
    assertThat(browser.evaluate("document.title").asText()).startsWith("staged");
  }

  private static String text(Browser browser, String selector) throws Exception {
    return browser
        .evaluate("document.querySelector('" + selector + "').textContent")
        .asText();
  }

  @Test
  void isReadableInEveryState() throws Exception {
    TestDevice device = new TestDevice(folder.resolve("device"), URI.create("http://localhost/"));
    Browser browser = browse(Readers.of(file, Optional.of(device.dir), LifecycleSettings.DEFAULT));
    browser.evaluate(Files.readString(AXE) + "; true");

    isReadable(browser, "idle");
    agent.run("send", "check");
    isReadable(browser, "checking");
    download("v2");
    isReadable(browser, "downloading");
    agent.run("send", "stage");
    isReadable(browser, "staged");
    agent.run("send", "activate");
    isReadable(browser, "activated");
    agent.run("send", "verify", "--running-version", "v2");
    isReadable(browser, "verifying");
    agent.run("send", "confirm");
    isReadable(browser, "success");
    agent.run("send", "rollback", "--error", "the network is not up after 3 tries");
    isReadable(browser, "rolled back");
    download("v3-" + "long".repeat(30));
    agent.run("send", "fail", "--error", STACK);
    isReadable(browser, "failed");
    browser.look(1200, "light");
    isMarked(browser);
    OverdueState.write(file, "verifying");
    browser.await("document.querySelector('.alarm') !== null");
    isReadable(browser, "verifying");
    Files.writeString(file, "{");
    isReadable(browser, "The state cannot be read");
  }

  /** Explores by the keyboard alone; the browser's own buttons go back and forward. */
  @Test
  void exploresByTheKeyboard() throws Exception {
    download("v2");
    Browser browser = browse(Readers.of(file));
    browser.tabTo("a[href=\"/what-if\"]");
    enter(browser, "downloading");
    isExplorable(browser, "downloading", "what-if-start");

    browser.tabTo("form.event button:not(:disabled)");
    browser.tabTo("#download-to_version");
    browser.type("v3 <b>");
    browser.tabTo("#download-running_version");
    browser.type("v1");
    enter(browser, "downloading");
    assertThat(text(browser, ".values")).isEqualTo("to_version=v3 <b> running_version=v1");
    submit(browser, "stage", "staged");
    submit(browser, "activate", "activated");
    browser.tabTo("#verify-running_version");
    browser.type("v1");
    enter(browser, "activated");
    assertThat(text(browser, ".phase")).contains("verify would be refused", "runningTarget");
    isExplorable(browser, "activated", "what-if-refused");

    browser.tabTo("#rollback-error");
    browser.type("no network after three tries");
    enter(browser, "rolled back");
    assertThat(text(browser, ".phase")).contains("rollback would be accepted");
    isExplorable(browser, "rolled back", "what-if-accepted");
    browser.evaluate("history.back()");
    browser.await("document.querySelector('h2').textContent === 'activated'");
    browser.evaluate("history.forward()");
    browser.await("document.querySelector('h2').textContent === 'rolled back'");
    browser.tabTo(".what-if > li:last-child > a");
    enter(browser, "downloading");
    assertThat(browser
            .evaluate("document.querySelectorAll('.what-if > li').length")
            .asInt())
        .isZero();
    assertThat(browser.complaints()).isEmpty();
    assertThat(agent.run("status", "--json").out()).contains("\"revision\": 1");
  }

  private static void submit(Browser browser, String event, String reached) throws Exception {
    browser.tabTo("form:has([value=" + event + "]:last-of-type) button");
    enter(browser, reached);
  }

  /** Presses Enter, and waits for the next page. */
  private static void enter(Browser browser, String headline) throws Exception {
    browser.evaluate("window.left = true");
    browser.press("Enter", 13, "\r");
    browser.await("!window.left && document.readyState === 'complete'"
        + " && document.querySelector('h2')?.textContent === '" + headline + "'");
  }

  private static void isExplorable(Browser browser, String headline, String name) throws Exception {
    browser.evaluate(Files.readString(AXE) + "; true");
    isReadable(browser, headline, name);
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)");
    isReadable(browser, headline, name + "-open");
  }

  /**
   * Checks that the style of the picture marks the present phase, whatever its colour is otherwise.
   */
  private static void isMarked(Browser browser) throws Exception {
    assertThat(browser
            .evaluate("getComputedStyle(document.querySelector('.lifecycle .present rect')).fill")
            .asText())
        .isEqualTo("rgb(239, 227, 255)");
  }

  /** Checks the page on a phone and on a desktop, in light and dark, with no finding of axe. */
  private static void isReadable(Browser browser, String headline) throws Exception {
    browser.await("document.querySelector('h2').textContent === '" + headline + "'");
    boolean overdue = browser
        .evaluate("document.querySelector('[role=alert].alarm') !== null")
        .asBoolean();
    isReadable(
        browser,
        headline,
        (overdue ? "overdue-" : "") + headline.toLowerCase(Locale.ROOT).replace(' ', '-'));
  }

  private static void isReadable(Browser browser, String headline, String name) throws Exception {
    for (int width : new int[] {360, 1200}) {
      for (String scheme : new String[] {"light", "dark"}) {
        browser.look(width, scheme);
        browser.screenshot(SCREENSHOTS.resolve(name + "-" + scheme + "-" + width + ".png"));
        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
            .as("wide things scroll in a box of their own")
            .isLessThanOrEqualTo(width);
      }
      browser.look(width, width < 600 ? "light" : "dark");
      String violations = browser.violations();
      assertThat(violations).as("%s, %d", headline, width).isEmpty();
    }
  }
}

package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Readers;
import io.kubesolo.update.agent.testkit.Tools;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser. Its screenshots stay in {@code target/screenshots}, to be looked at. */
@Timeout(120)
class PageBrowserTest {
  private static final Path AXE =
      Path.of("../../.ci/page/node_modules/axe-core/axe.min.js").toAbsolutePath();
  private static final Path SCREENSHOTS = Path.of("target", "screenshots").toAbsolutePath();

  @TempDir
  private Path folder = Path.of("");

  @Test
  void showsTheStateToEveryoneAndFollowsIt() throws Exception {
    Tools.assumePresent("chromium");
    Tools.assume(Files.exists(AXE), "npm ci has not run in .ci/page");
    Path file = folder.resolve("state.json");
    CommandLineRun agent = new CommandLineRun(file);
    agent.run("send", "download", "--to-version", "v1.1", "--running-version", "v1.0");
    agent.run("send", "stage");
    agent.run("send", "activate");
    agent.run("send", "rollback", "--error", "<img src=x onerror=alert(1)> & \"more\"");
    agent.run("send", "download", "--to-version", "v2<b>bold</b>", "--running-version", "v1.0");
    try (MonitorServer server = MonitorServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Readers.of(file));
        Browser browser = new Browser(folder.resolve("chromium"))) {
      browser.open(URI.create("http://" + server.address() + "/"));
      browser.await("document.getElementById('link').textContent.startsWith('Live')");

      assertThat(text(browser, "h1")).isEqualTo("downloading");
      assertThat(text(browser, ".phase p")).contains("v2<b>bold</b>");
      assertThat(text(browser, "dl .error")).isEqualTo("<img src=x onerror=alert(1)> & \"more\"");
      assertThat(browser
              .evaluate("document.querySelectorAll('main b, main img').length")
              .asInt())
          .as("elements from the file")
          .isZero();
      assertThat(browser
              .evaluate("getComputedStyle(document.querySelector('.lifecycle .present rect')).fill")
              .asText())
          .as("the picture's own style is let through")
          .isEqualTo("rgb(255, 216, 102)");
      isReadable(browser);
      follows(browser, agent);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static String text(Browser browser, String selector) throws Exception {
    return browser
        .evaluate("document.querySelector('" + selector + "').textContent")
        .asText();
  }

  /** On a phone and on a desk, by day and by night, with nothing for axe to find. */
  private static void isReadable(Browser browser) throws Exception {
    Files.createDirectories(SCREENSHOTS);
    browser.evaluate(Files.readString(AXE) + "; true");
    for (int width : new int[] {360, 1200}) {
      for (String scheme : new String[] {"light", "dark"}) {
        browser.look(width, scheme);
        browser.screenshot(SCREENSHOTS.resolve(scheme + "-" + width + ".png"));
        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
            .as("wide things scroll in a box of their own")
            .isLessThanOrEqualTo(width);
        String violations = browser
            .evaluate("axe.run().then(found => found.violations.map(each => each.id + ': '"
                + " + each.nodes.map(node => node.html + ' ' + node.failureSummary)).join('\\n'))")
            .asText();
        assertThat(violations).as("%d, %s", width, scheme).isEmpty();
      }
    }
  }

  private static void follows(Browser browser, CommandLineRun agent) throws Exception {
    browser.evaluate("document.querySelector('details').open = true");
    agent.run("send", "stage");
    browser.await("document.querySelector('h1').textContent === 'staged'");
    assertThat(browser.evaluate("document.querySelector('details').open").asBoolean())
        .as("what the reader opened stays open")
        .isTrue();
    assertThat(browser.evaluate("document.title").asText()).startsWith("staged");
  }
}

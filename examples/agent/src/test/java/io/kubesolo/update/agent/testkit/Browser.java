package io.kubesolo.update.agent.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A page in headless Chromium, driven by the DevTools protocol. */
public final class Browser implements AutoCloseable, WebSocket.Listener {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final StringBuilder message = new StringBuilder();

  public Browser(Path folder) throws Exception {
    process = new ProcessBuilder(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--remote-debugging-port=0",
            "--user-data-dir=" + folder,
            "about:blank")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    HttpClient client = HttpClient.newHttpClient();
    URI list = URI.create("http://127.0.0.1:" + port(folder) + "/json/list");
    String targets = client
        .send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString())
        .body();
    String page = JSON.readTree(targets).get(0).get("webSocketDebuggerUrl").asText();
    socket = client.newWebSocketBuilder().buildAsync(URI.create(page), this).join();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
  }

  private static String port(Path folder) throws IOException, InterruptedException {
    Path file = folder.resolve("DevToolsActivePort");
    for (int i = 0; i < PATIENCE_SECONDS * 10; i++) {
      if (Files.exists(file) && !Files.readAllLines(file).isEmpty()) {
        return Files.readAllLines(file).get(0);
      }
      Thread.sleep(100);
    }
    throw new AssertionError("Chromium does not start");
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      receive(message.toString());
      message.setLength(0);
    }
    from.request(1);
    return null;
  }

  private void receive(String text) {
    JsonNode received;
    try {
      received = JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
    if (received.has("id")) {
      CompletableFuture<JsonNode> answer = answers.remove(received.get("id").asInt());
      if (answer != null) {
        answer.complete(received);
      }
    } else if (isComplaint(received)) {
      complaints.add(received.toString());
    }
  }

  private static boolean isComplaint(JsonNode event) {
    JsonNode params = event.path("params");
    return switch (event.path("method").asText()) {
      case "Runtime.exceptionThrown" -> true;
      case "Log.entryAdded" -> params.at("/entry/level").asText().equals("error");
      case "Runtime.consoleAPICalled" -> params.path("type").asText().equals("error");
      default -> false;
    };
  }

  public JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    int id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    String text = JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
    socket.sendText(text, true).join();
    JsonNode received = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (received.has("error")) {
      throw new AssertionError(method + ": " + received);
    }
    return received.get("result");
  }

  /** Returns the value of an expression on the page, or of its promise. */
  public JsonNode evaluate(String expression) throws Exception {
    JsonNode result = call(
        "Runtime.evaluate",
        Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(result.toString());
    }
    return result.path("result").path("value");
  }

  /** Waits until an expression is true on the page. */
  public void await(String expression) throws Exception {
    for (int i = 0; i < PATIENCE_SECONDS * 20; i++) {
      if (evaluate(expression).asBoolean()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("never true: " + expression);
  }

  public void open(URI address) throws Exception {
    call("Page.navigate", Map.of("url", address.toString()));
    await("document.readyState === 'complete' && location.href === '" + address + "'");
  }

  /** Presses a key on the focused element. */
  public void press(String key, int code, String text) throws Exception {
    for (String type : List.of(text.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of(
              "type",
              type,
              "key",
              key,
              "code",
              key,
              "windowsVirtualKeyCode",
              code,
              "text",
              type.equals("keyUp") ? "" : text));
    }
  }

  /** Moves the focus by the Tab key until it is on an element. */
  public void tabTo(String selector) throws Exception {
    String focused = "document.activeElement.matches('" + selector.replace("'", "\\'") + "')";
    for (int i = 0; i < 100 && !evaluate(focused).asBoolean(); i++) {
      press("Tab", 9, "");
    }
    if (!evaluate(focused).asBoolean()) {
      throw new AssertionError("the Tab key does not lead to " + selector);
    }
  }

  /** Types text in place of what the focused field holds. */
  public void type(String text) throws Exception {
    evaluate("document.activeElement.select()");
    call("Input.insertText", Map.of("text", text));
  }

  public void look(int width, String scheme) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  public void screenshot(Path file) throws Exception {
    JsonNode shot =
        call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Files.write(file, Base64.getDecoder().decode(shot.get("data").asText()));
  }

  /**
   * Returns the accessibility rules that the page breaks, by axe, which must be loaded into the
   * page before.
   */
  public String violations() throws Exception {
    return evaluate("axe.run().then(found => found.violations.map(each => each.id + ': '"
            + " + each.nodes.map(node => node.html + ' ' + node.failureSummary)).join('\\n'))")
        .asText();
  }

  /** Errors that the page or the browser reported. */
  public List<String> complaints() {
    return complaints;
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}

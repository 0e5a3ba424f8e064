package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.FileWatch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Server-sent events: one each time the state file may have changed. Beyond {@value #MOST} readers, a
 * reader is told to come back later. One that is gone is noticed at the next event or sign of life.
 */
final class EventStream implements HttpHandler {
  private static final int MOST = 32;
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);

  private final Path file;
  private final Semaphore readers = new Semaphore(MOST);

  EventStream(Path file) {
    this.file = file;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!readers.tryAcquire()) {
      HttpReply.text(503, "too many readers; come back later").send(exchange);
      return;
    }
    try (exchange) {
      send(exchange, FileWatch.of(file));
    } catch (Failure e) {
      HttpReply.text(503, e.message()).send(exchange);
    } finally {
      readers.release();
    }
  }

  private static void send(HttpExchange exchange, FileWatch watch) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head ? -1 : 0);
    try (watch;
        OutputStream out = exchange.getResponseBody()) {
      write(out, "retry: 2000\n\n");
      while (!head) {
        write(out, watch.await(SIGN_OF_LIFE) ? "data: changed\n\n" : ": still here\n\n");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(OutputStream out, String event) throws IOException {
    out.write(event.getBytes(UTF_8));
    out.flush();
  }
}

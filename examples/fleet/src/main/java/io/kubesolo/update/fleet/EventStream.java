package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.fleet.TransitionLog.Entry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

/**
 * The transitions of all devices as server-sent events. Each client has a thread, which reads the
 * log from the client's position on: a slow client reads older entries, and nothing waits for it.
 */
@RestController
final class EventStream {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int MAX_CLIENTS = 50;
  private static final int BATCH = 500;
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final MediaType TEXT = new MediaType(MediaType.TEXT_EVENT_STREAM, UTF_8);

  private final TransitionLog log;
  private final TransitionNotifier notifier;
  private final Semaphore clients = new Semaphore(MAX_CLIENTS);

  EventStream(TransitionLog log, TransitionNotifier notifier) {
    this.log = log;
    this.notifier = notifier;
  }

  @GetMapping("/events")
  ResponseEntity<?> follow(
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable Long last,
      @RequestParam(name = "after", required = false) @Nullable Long after) {
    Long asked = last == null ? after : last;
    if (asked != null && (asked < 0 || !log.holdsAllAfter(asked))) {
      return Problems.of(
          HttpStatus.GONE,
          "unknown_position",
          "not every transition after this position is kept; read the devices, and follow from now");
    }
    long position = asked == null ? log.end() : asked;
    if (!clients.tryAcquire()) {
      return Problems.of(
          HttpStatus.SERVICE_UNAVAILABLE, "busy", MAX_CLIENTS + " clients follow already");
    }
    ResponseBodyEmitter client = new ResponseBodyEmitter(0L);
    Thread thread = new Thread(() -> serve(client, position), "fleet-events");
    thread.setDaemon(true);
    thread.start();
    return ResponseEntity.ok()
        .contentType(TEXT)
        .header("Cache-Control", "no-store")
        .body(client);
  }

  private void serve(ResponseBodyEmitter client, long start) {
    try {
      client.send(": from " + start + "\n\n", TEXT);
      send(client, start);
      client.complete();
    } catch (IOException | IllegalStateException e) {
      LOG.debug("a client of the event stream is gone", e);
    } catch (DataAccessException | InterruptedException e) {
      LOG.warn("an event stream ends, and its client connects again: {}", e.getMessage());
      client.complete();
    } finally {
      clients.release();
    }
  }

  private void send(ResponseBodyEmitter client, long start)
      throws IOException, InterruptedException {
    long position = start;
    long sentAt = System.nanoTime();
    while (notifier.isRunning()) {
      int signals = notifier.signals();
      List<Entry> entries = log.after(position, BATCH);
      if (!entries.isEmpty()) {
        client.send(entries.stream().map(EventStream::text).collect(Collectors.joining()), TEXT);
        position = entries.get(entries.size() - 1).position();
        sentAt = System.nanoTime();
      } else if (System.nanoTime() - sentAt > HEARTBEAT.toNanos()) {
        client.send(":\n\n", TEXT);
        sentAt = System.nanoTime();
      }
      if (entries.size() < BATCH) {
        notifier.await(signals);
      }
    }
  }

  private static String text(Entry entry) {
    return "id: " + entry.position() + "\nevent: transition\ndata: " + entry.json() + "\n\n";
  }
}

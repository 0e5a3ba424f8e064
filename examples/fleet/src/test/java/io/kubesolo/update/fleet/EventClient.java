package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the event stream, which reads it on a thread of its own. */
final class EventClient implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final InputStream stream;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile boolean ended;

  /**
   * An event of the stream.
   *
   * @param id its id
   * @param data the transition
   */
  record Event(String id, JsonNode data) {
    String device() {
      return data.path("device").asText();
    }

    long revision() {
      return data.path("revision").asLong();
    }
  }

  EventClient(InputStream stream) throws Exception {
    this.stream = stream;
    // The first line tells that the position of the stream is fixed.
    while (stream.read() != '\n') {}
    Thread reader = new Thread(this::read, "event-client");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    String id = "";
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          events.add(new Event(id, JSON.readTree(line.substring(6))));
        }
      }
    } catch (IOException e) {
      // The stream was closed.
    }
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Returns the next events of devices whose ids begin so. */
  List<Event> next(String ids, int count) throws InterruptedException {
    List<Event> found = new ArrayList<>();
    while (found.size() < count) {
      Event event = events.poll(20, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("only " + found + " of " + count);
      }
      if (event.device().startsWith(ids)) {
        found.add(event);
      }
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}

package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.agent.io.FileWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Server-sent events: one each time the state file may have changed, and a comment from time to
 * time, so that the end of a connection is noticed.
 */
final class EventStream implements AutoCloseable {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  private final Path file;
  private final Consumer<String> publisher;
  private final Consumer<Throwable> failed;
  private final Thread thread = new Thread(this::run, "http-events");

  private EventStream(Path file, Consumer<String> publisher, Consumer<Throwable> failed) {
    this.file = file;
    this.publisher = publisher;
    this.failed = failed;
  }

  /**
   * Starts to watch a file.
   *
   * @param publisher takes each event
   * @param failed notified if the stream ends other than by {@link #close()}
   */
  static EventStream start(Path file, Consumer<String> publisher, Consumer<Throwable> failed) {
    EventStream stream = new EventStream(file, publisher, failed);
    stream.thread.setDaemon(true);
    stream.thread.start();
    return stream;
  }

  /** Answers a request for the events. */
  static HttpReply answer() {
    return HttpReply.stream("text/event-stream", "retry: 2000\n\n");
  }

  private void run() {
    try (FileWatch watch = FileWatch.of(file)) {
      publisher.accept("data: changed\n\n");
      while (true) {
        publisher.accept(watch.await(KEEP_ALIVE) ? "data: changed\n\n" : ": still here\n\n");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failed.accept(e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

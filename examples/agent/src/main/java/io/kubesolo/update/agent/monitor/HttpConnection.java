package io.kubesolo.update.agent.monitor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * A client's connection, for one request: its head is read, the answer is written, and further
 * input is discarded until the client closes the connection. A client of the event stream is sent
 * each event.
 *
 * <p>For the thread of its server only.
 */
final class HttpConnection {
  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final int FIRST_BYTES = 1024;
  private static final int EMPTY_LINE_BYTES = 3;

  /** A client of the event stream that has more unread bytes does not read the events. */
  private static final int MAX_UNREAD_EVENTS = 4 * 1024;

  /** How long to wait for the client after an answer, because a reset would discard unread data. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private enum Stage {
    READING,
    ANSWERING,
    WRITING,
    STREAMING,
    LINGERING
  }

  private final SocketChannel channel;
  private final SelectionKey key;
  private final HttpService.Limits limits;
  private byte[] head = new byte[FIRST_BYTES];
  private int length;
  private ByteBuffer output = ByteBuffer.allocate(0);
  private boolean staysOpen;
  private Stage stage = Stage.READING;
  private long stageStart = System.nanoTime();
  private long lastProgress = stageStart;

  HttpConnection(SocketChannel channel, SelectionKey key, HttpService.Limits limits) {
    this.channel = channel;
    this.key = key;
    this.limits = limits;
  }

  /** Continues after the socket has become ready; returns a request that must be answered. */
  Optional<HttpRequest> proceed() throws IOException, HttpRequest.Malformed {
    switch (stage) {
      case READING -> {
        return read();
      }
      case WRITING, STREAMING -> write();
      case LINGERING -> discard();
      case ANSWERING -> {}
    }
    return Optional.empty();
  }

  private Optional<HttpRequest> read() throws IOException, HttpRequest.Malformed {
    if (length == head.length) {
      head = Arrays.copyOf(head, head.length * 2);
    }
    int count = channel.read(ByteBuffer.wrap(head, length, head.length - length));
    if (count < 0) {
      close();
      return Optional.empty();
    }
    int start = Math.max(0, length - EMPTY_LINE_BYTES);
    length += count;
    int end = HttpRequest.end(head, start, length);
    if (end < 0 && length < MAX_HEAD_BYTES) {
      return Optional.empty();
    }
    enter(Stage.ANSWERING, 0);
    if (end < 0) {
      throw new HttpRequest.Malformed(431, "the request is too long");
    }
    HttpRequest request = HttpRequest.parse(head, end);
    head = new byte[0];
    return Optional.of(request);
  }

  private void enter(Stage next, int interest) {
    stage = next;
    stageStart = System.nanoTime();
    lastProgress = stageStart;
    key.interestOps(interest);
  }

  /** Starts to send the answer. */
  void send(ByteBuffer answer, boolean stays) throws IOException {
    output = answer;
    staysOpen = stays;
    enter(Stage.WRITING, SelectionKey.OP_WRITE);
    write();
  }

  private void write() throws IOException {
    if (stage == Stage.STREAMING && key.isReadable() && isOver()) {
      close();
      return;
    }
    if (channel.write(output) > 0) {
      lastProgress = System.nanoTime();
    }
    if (output.hasRemaining()) {
      return;
    }
    if (stage == Stage.STREAMING) {
      key.interestOps(SelectionKey.OP_READ);
    } else if (staysOpen) {
      enter(Stage.STREAMING, SelectionKey.OP_READ);
    } else {
      channel.shutdownOutput();
      enter(Stage.LINGERING, SelectionKey.OP_READ);
      discard();
    }
  }

  /** Adds an event. A client that has not read those before it is cut off. */
  void publish(byte[] event) throws IOException {
    if (stage != Stage.STREAMING || !isOpen()) {
      return;
    }
    if (output.remaining() + event.length > MAX_UNREAD_EVENTS) {
      close();
      return;
    }
    if (!output.hasRemaining()) {
      lastProgress = System.nanoTime();
    }
    output = ByteBuffer.allocate(output.remaining() + event.length)
        .put(output)
        .put(event)
        .flip();
    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
  }

  private void discard() throws IOException {
    if (isOver()) {
      close();
    }
  }

  /** Discards what the client sends; returns whether it has ended the connection. */
  private boolean isOver() throws IOException {
    return channel.read(ByteBuffer.allocate(MAX_HEAD_BYTES)) < 0;
  }

  /** Returns whether the client has used up its time. */
  boolean isOverdue(long now) {
    return switch (stage) {
      case READING -> isPast(now, stageStart, limits.request());
      case ANSWERING -> false;
      case WRITING ->
        isPast(now, stageStart, limits.response()) || isPast(now, lastProgress, limits.silence());
      case STREAMING -> output.hasRemaining() && isPast(now, lastProgress, limits.silence());
      case LINGERING -> isPast(now, stageStart, LINGER);
    };
  }

  private static boolean isPast(long now, long start, Duration limit) {
    return now - start > limit.toNanos();
  }

  /** Returns whether this one may have to make room for another client. */
  boolean mayBeReplaced() {
    return stage != Stage.ANSWERING && !isStream();
  }

  boolean isStream() {
    return staysOpen;
  }

  void close() throws IOException {
    channel.close();
  }

  boolean isOpen() {
    return channel.isOpen();
  }
}

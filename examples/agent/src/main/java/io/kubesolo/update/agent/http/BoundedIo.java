package io.kubesolo.update.agent.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs blocking calls one after the other on a thread of its own. The caller only ever waits with a
 * time limit, so it is bounded whatever the call does: look a name up, connect, negotiate TLS, or
 * read byte after byte. A call that is late is abandoned; closing its socket ends it.
 */
final class BoundedIo implements AutoCloseable {
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ExecutorService thread = Executors.newSingleThreadExecutor(BoundedIo::daemon);

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "server-io");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Returns what the call returns.
   *
   * @throws TimeoutException if the deadline is over first
   * @throws IOException if the call throws it; a runtime exception is wrapped in one, because no
   *     answer of a server may end this process
   */
  <T, X extends Exception> T call(Callable<T> call, Deadline deadline, Waiting<X> waiting)
      throws IOException, TimeoutException, X {
    Future<T> future = thread.submit(call);
    try {
      return await(future, deadline, waiting);
    } catch (ExecutionException e) {
      throw unwrapped(Objects.requireNonNullElse(e.getCause(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static <T, X extends Exception> T await(
      Future<T> future, Deadline deadline, Waiting<X> waiting)
      throws TimeoutException, ExecutionException, InterruptedException, X {
    while (true) {
      long left = deadline.leftNanos();
      try {
        return future.get(Math.max(0, Math.min(left, CHECK_NANOS)), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (left <= CHECK_NANOS) {
          throw e;
        }
        waiting.check();
      }
    }
  }

  private static IOException unwrapped(Throwable thrown) {
    if (thrown instanceof Error error && !(error instanceof StackOverflowError)) {
      throw error;
    }
    return thrown instanceof IOException e ? e : new IOException(thrown.toString(), thrown);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}

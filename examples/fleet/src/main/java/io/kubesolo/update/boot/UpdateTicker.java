package io.kubesolo.update.boot;

import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Reads the stored state at intervals, publishes it as {@link StateRead}, and sends the event that
 * ends an overdue phase. Runs on one daemon thread while the application runs.
 */
final class UpdateTicker implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(UpdateTicker.class);

  private final UpdateLifecycle lifecycle;
  private final Duration interval;
  private final ApplicationEventPublisher publisher;
  private final ReentrantLock ticking = new ReentrantLock();
  private @Nullable ScheduledExecutorService thread;

  UpdateTicker(UpdateLifecycle lifecycle, Duration interval, ApplicationEventPublisher publisher) {
    this.lifecycle = lifecycle;
    this.interval = interval;
    this.publisher = publisher;
  }

  /** Reads the state, and ends an overdue phase. Only one tick runs at a time. */
  void tick() {
    ticking.lock();
    try {
      Either<StoreFailure, UpdateState> state = lifecycle.refresh();
      state.peek(read -> lifecycle.overdue().forEach(overdue -> end(overdue, read)));
      publisher.publishEvent(new StateRead(state));
    } catch (RuntimeException e) {
      LOG.warn("the tick of the update lifecycle failed", e);
    } finally {
      ticking.unlock();
    }
  }

  /** Sends an event for the state that was found overdue; another process may be faster. */
  private void end(Overdue overdue, UpdateState state) {
    Either<Rejection, UpdateState> answer = lifecycle.send(overdue.event(), state.revision());
    if (answer.isLeft() && !(answer.getLeft() instanceof Stale)) {
      LOG.warn("an overdue phase was not ended: {}", answer.getLeft().message());
    }
  }

  @Override
  public synchronized void start() {
    if (thread == null) {
      thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread ticker = new Thread(work, "update-tick");
        ticker.setDaemon(true);
        return ticker;
      });
      Future<?> unused =
          thread.scheduleWithFixedDelay(this::tick, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public synchronized void stop() {
    if (thread != null) {
      thread.shutdown();
      thread = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return thread != null;
  }
}

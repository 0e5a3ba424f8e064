package io.kubesolo.update.core.testing;

import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

/**
 * A store in memory with faults on demand: each planted fault happens once, in the order planted.
 *
 * <p>Safe for use by several threads, except for the methods that configure it.
 */
public final class InMemoryStateStore implements StateStore {
  /** What goes wrong. */
  public enum Fault {
    /** Another writer holds the lock until the deadline. */
    BUSY,
    /** The state cannot be read under the lock. */
    UNREADABLE,
    /** The write fails, and the old state is stored. */
    OLD,
    /** The outcome of the write is unknown, and a reader sees the old state. */
    UNKNOWN_OLD,
    /** The outcome of the write is unknown, and a reader sees the new state. */
    UNKNOWN_NEW
  }

  /** The answer to {@link Fault#BUSY}. */
  public static final Busy BUSY = new Busy("/mem.lock", "held by another for 10s");

  /** The answer to {@link Fault#UNREADABLE}. */
  public static final Unreadable UNREADABLE = new Unreadable("/mem", "it is no JSON", true);

  /** The answer to {@link Fault#OLD}. */
  public static final NotPersisted OLD = new NotPersisted("/mem", "no space", Outcome.OLD);

  /** The answer to {@link Fault#UNKNOWN_OLD} and {@link Fault#UNKNOWN_NEW}. */
  public static final NotPersisted UNKNOWN =
      new NotPersisted("/mem", "fsync failed", Outcome.UNKNOWN);

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final AtomicInteger writes = new AtomicInteger();
  private volatile UpdateState stored;
  private volatile boolean readable = true;
  private volatile Runnable whenLocked = () -> {};
  private volatile Runnable whenPersisting = () -> {};
  private volatile Option<Transition> unanswered = Option.none();
  private List<String> warnings = List.of();
  private int maxHistory = Integer.MAX_VALUE;

  /**
   * Makes a store.
   *
   * @param state the state that is stored first
   */
  public InMemoryStateStore(UpdateState state) {
    stored = state;
  }

  /** {@return the state that a reader sees} */
  public UpdateState stored() {
    return stored;
  }

  /** {@return how often an event replaced the stored state} */
  public int writes() {
    return writes.get();
  }

  /**
   * Replaces the stored state, as another program does that takes no lock.
   *
   * @param state the new state
   */
  public void overwrite(UpdateState state) {
    stored = state;
  }

  /**
   * Plants a fault.
   *
   * @param fault happens at the next lock or write that no earlier fault is planted for
   */
  public void failNext(Fault fault) {
    faults.add(fault);
  }

  /**
   * Makes the stored state readable or not.
   *
   * @param value whether it can be read, with the lock and without
   */
  public void setReadable(boolean value) {
    readable = value;
  }

  /**
   * Sets the warnings of the next reads.
   *
   * @param lines one line for each
   */
  public void setWarnings(String... lines) {
    warnings = List.of(lines);
  }

  /**
   * Limits the history that is stored, as the size limit of a file does.
   *
   * @param entries how many of the newest entries are stored
   */
  public void setMaxHistory(int entries) {
    maxHistory = entries;
  }

  /**
   * Sets what happens once the lock is held, before the state is read.
   *
   * @param hook runs on the thread that holds the lock
   */
  public void whenLocked(Runnable hook) {
    whenLocked = hook;
  }

  /**
   * Sets what happens when an event is accepted, before the state is written.
   *
   * @param hook runs on the thread that holds the lock
   */
  public void whenPersisting(Runnable hook) {
    whenPersisting = hook;
  }

  @Override
  public Either<StoreFailure, Loaded> open() {
    return read();
  }

  @Override
  public Either<StoreFailure, Loaded> read() {
    return readable ? Either.right(new Loaded(stored, warnings)) : Either.left(UNREADABLE);
  }

  @Override
  public <T> Either<Rejection, T> exclusively(
      BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
    if (lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("the lock is not reentrant");
    }
    lock.lock();
    try {
      whenLocked.run();
      if (faults.peek() == Fault.BUSY) {
        faults.remove();
        return Either.left(BUSY);
      }
      if (faults.peek() == Fault.UNREADABLE || !readable) {
        faults.poll();
        return Either.left(UNREADABLE);
      }
      return work.apply(new Loaded(stored, warnings), new Persisting());
    } finally {
      lock.unlock();
    }
  }

  /** Recognizes the last event of unknown outcome once, if it made the stored state. */
  private final class Persisting implements PersistListener {
    @Override
    public Either<NotPersisted, UpdateState> onAccepted(Transition transition) {
      whenPersisting.run();
      Fault fault = faults.poll();
      if (fault == Fault.OLD) {
        return Either.left(OLD);
      }
      if (fault == Fault.UNKNOWN_OLD) {
        return Either.left(UNKNOWN);
      }
      write(transition.after());
      unanswered = Option.when(fault == Fault.UNKNOWN_NEW, transition);
      return fault == Fault.UNKNOWN_NEW ? Either.left(UNKNOWN) : Either.right(stored);
    }

    @Override
    public Option<Either<NotPersisted, UpdateState>> onResent(UpdateEvent event) {
      boolean resent = unanswered.exists(transition ->
          transition.event().equals(event) && transition.after().revision() == stored.revision());
      if (resent) {
        unanswered = Option.none();
      }
      return Option.when(resent, Either.right(stored));
    }
  }

  private void write(UpdateState state) {
    int size = state.history().size();
    int surplus = Math.max(0, size - maxHistory);
    stored = state.toBuilder().history(state.history().subList(surplus, size)).build();
    writes.incrementAndGet();
  }
}

package io.kubesolo.update.fsm;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

/** A store in memory that fails when told to, each fault once and in the order planted. */
public final class MemoryStore implements StateStore {
  public enum Fault {
    /** The lock is held by another. */
    BUSY,
    /** The state cannot be read under the lock. */
    UNREADABLE,
    /** The state is not written. */
    OLD,
    /** The outcome is unknown, and a reader sees the old state. */
    UNKNOWN_OLD,
    /** The outcome is unknown, and a reader sees the new state. */
    UNKNOWN_NEW
  }

  public static final Busy BUSY = new Busy("/mem.lock", "held by another for 10s");
  public static final Unreadable UNREADABLE = new Unreadable("/mem", "it is no JSON", true);
  public static final NotPersisted OLD = new NotPersisted("/mem", "no space", Outcome.OLD);
  public static final NotPersisted UNKNOWN =
      new NotPersisted("/mem", "fsync failed", Outcome.UNKNOWN);

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private volatile UpdateState disk;
  private final AtomicInteger writes = new AtomicInteger();
  private volatile boolean readable = true;
  private volatile Runnable whenLocked = () -> {};
  private volatile Runnable whenPersisting = () -> {};
  private List<String> warnings = List.of();
  private int historyKept = Integer.MAX_VALUE;

  public MemoryStore(UpdateState disk) {
    this.disk = disk;
  }

  /** What a reader would see. */
  public UpdateState disk() {
    return disk;
  }

  /** How often the stored state was replaced. */
  public int writes() {
    return writes.get();
  }

  /** Another program writes. */
  public void overwrite(UpdateState state) {
    disk = state;
  }

  public void plant(Fault fault) {
    faults.add(fault);
  }

  public void setReadable(boolean readable) {
    this.readable = readable;
  }

  public void warn(String... odd) {
    warnings = List.of(odd);
  }

  /** Stores no more than so many entries, as a file at its size limit does. */
  public void keepHistory(int entries) {
    historyKept = entries;
  }

  public void whenLocked(Runnable hook) {
    whenLocked = hook;
  }

  public void whenPersisting(Runnable hook) {
    whenPersisting = hook;
  }

  @Override
  public Either<StoreFailure, Loaded> open() {
    return read();
  }

  @Override
  public Either<StoreFailure, Loaded> read() {
    return readable ? Either.right(new Loaded(disk, warnings)) : Either.left(UNREADABLE);
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
      return work.apply(new Loaded(disk, warnings), this::persist);
    } finally {
      lock.unlock();
    }
  }

  private Either<NotPersisted, UpdateState> persist(Transition transition) {
    whenPersisting.run();
    Fault fault = faults.poll();
    if (fault == Fault.OLD) {
      return Either.left(OLD);
    }
    if (fault == Fault.UNKNOWN_OLD) {
      return Either.left(UNKNOWN);
    }
    write(transition.after());
    return fault == Fault.UNKNOWN_NEW ? Either.left(UNKNOWN) : Either.right(disk);
  }

  private void write(UpdateState state) {
    int surplus = Math.max(0, state.history().size() - historyKept);
    List<HistoryEntry> kept = state.history().subList(surplus, state.history().size());
    disk = state.toBuilder().history(kept).build();
    writes.incrementAndGet();
  }
}

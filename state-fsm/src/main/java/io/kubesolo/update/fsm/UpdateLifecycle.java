package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Reconciliation;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.StateStore.Session;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lifecycle of updates over one store: the one class that an agent needs.
 *
 * <p>Safe for use by several threads: one event is handled at a time, and further senders wait. An
 * event sent from within the handling of another, or by a listener, is answered {@link Reentrant}.
 *
 * <p>Listeners are told after the commit, in order, outside every lock, each on a daemon thread of
 * its own that ends when all is told. No other thread is started. One that throws, or takes longer
 * than 10 seconds, is logged as a warning of this class, and neither the sender nor another
 * listener waits for it; beyond 1,000 that wait for a listener, it is not told, which is logged.
 */
public final class UpdateLifecycle implements AutoCloseable {
  private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(10);

  private final StateStore store;
  private final LifecycleSettings settings;
  private final LifecycleEngine engine;
  private final List<Announcer> announcers;
  private final ReentrantLock turn = new ReentrantLock(true);
  private volatile Loaded memory;
  private volatile boolean closed;

  private UpdateLifecycle(
      StateStore store, LifecycleSettings settings, LifecycleEngine engine, Loaded loaded) {
    this.store = store;
    this.settings = settings;
    this.engine = engine;
    this.announcers = settings.listeners().stream()
        .map(listener -> new Announcer(listener, LISTENER_PATIENCE))
        .toList();
    this.memory = loaded;
  }

  /**
   * Opens a store with the default settings, run by Spring Statemachine.
   *
   * @param store where the state is kept
   * @return the lifecycle, or why the stored state cannot be used
   */
  public static Either<StoreFailure, UpdateLifecycle> open(StateStore store) {
    return open(store, LifecycleSettings.DEFAULT);
  }

  /**
   * Opens a store, run by Spring Statemachine.
   *
   * @param store where the state is kept
   * @param settings limits, clocks and listeners
   * @return the lifecycle, or why the stored state cannot be used
   */
  public static Either<StoreFailure, UpdateLifecycle> open(
      StateStore store, LifecycleSettings settings) {
    return open(store, settings, new SpringEngine());
  }

  /**
   * Opens a store.
   *
   * @param store where the state is kept
   * @param settings limits, clocks and listeners
   * @param engine what decides events
   * @return the lifecycle, or why the stored state cannot be used
   */
  public static Either<StoreFailure, UpdateLifecycle> open(
      StateStore store, LifecycleSettings settings, LifecycleEngine engine) {
    return store.open().map(loaded -> new UpdateLifecycle(store, settings, engine, loaded));
  }

  /**
   * {@return the state as this lifecycle last saw it; another process may have moved on since, which
   * the next event sent will notice}
   */
  public UpdateState state() {
    return memory.state();
  }

  /** {@return a line for each thing that was odd about the state when it was last read} */
  public List<String> warnings() {
    return memory.warnings();
  }

  /**
   * Sends an event. When this returns {@code Right}, the new state survives a power cut.
   *
   * @param event what happened
   * @return the state after the event, or why it was refused
   * @throws IllegalStateException if this lifecycle is closed
   */
  public Either<Rejection, UpdateState> send(UpdateEvent event) {
    return send(event, Option.none());
  }

  /**
   * Sends an event that is meant for one revision of the state only.
   *
   * @param event what happened
   * @param ifRevision the revision that the caller has seen
   * @return the state after the event, or why it was refused; {@link Stale} at another revision
   * @throws IllegalStateException if this lifecycle is closed
   */
  public Either<Rejection, UpdateState> send(UpdateEvent event, long ifRevision) {
    return send(event, Option.some(ifRevision));
  }

  private Either<Rejection, UpdateState> send(UpdateEvent event, Option<Long> ifRevision) {
    if (turn.isHeldByCurrentThread() || isListener()) {
      return Either.left(new Reentrant(event));
    }
    turn.lock();
    try {
      requireOpen();
      Either<Rejection, Transition> outcome =
          store.exclusively(session -> exchange(session, event, ifRevision));
      outcome.peek(this::tell).peekLeft(this::followTheDisk);
      return outcome.map(Transition::after);
    } finally {
      turn.unlock();
    }
  }

  private Either<Rejection, Transition> exchange(
      Session session, UpdateEvent event, Option<Long> ifRevision) {
    memory = session.loaded();
    UpdateState before = memory.state();
    if (ifRevision.isDefined() && ifRevision.get() != before.revision()) {
      return Either.left(new Stale(event, ifRevision.get(), before));
    }
    return engine
        .decide(before, event, context())
        .map(next -> new Transition(before, event, next))
        .flatMap(computed -> Either.narrow(session.persist(computed)))
        .map(stored -> assign(new Transition(before, event, stored)));
  }

  private Transition assign(Transition transition) {
    memory = new Loaded(transition.after(), List.of());
    return transition;
  }

  /** After a write of unknown outcome, memory holds what a reader would see. */
  private void followTheDisk(Rejection rejection) {
    if (rejection instanceof NotPersisted failure && failure.outcome() == Outcome.UNKNOWN) {
      store.read().peek(loaded -> memory = loaded);
    }
  }

  private void tell(Transition transition) {
    announcers.forEach(announcer -> announcer.announce(transition));
  }

  private boolean isListener() {
    return announcers.stream().anyMatch(Announcer::isTelling);
  }

  /**
   * Tells what would become of an event if it were sent now, from the state as this lifecycle last
   * saw it. Nothing is written.
   *
   * @param event what might happen
   * @return the state that would follow, or why the event would be refused
   */
  public Either<Rejection, UpdateState> explain(UpdateEvent event) {
    return engine.decide(state(), event, context());
  }

  /** {@return for each type of event, whether it would be accepted now, and if not, why} */
  public List<Explanation> explain() {
    return Explanation.all(engine.table(), state(), settings.maxAttempts());
  }

  /**
   * Tells the machine what happened while the agent was away. Only one process may do this at a
   * time: it would cut off another's work.
   *
   * @param runningVersion the version that runs now
   * @return what was done
   * @throws IllegalArgumentException if the version is blank, too long, or holds a lone surrogate
   * @throws IllegalStateException if this lifecycle is closed
   */
  public Reconciled reconcile(String runningVersion) {
    return reconcile(runningVersion, false);
  }

  /**
   * Tells the machine what happened while the agent was away.
   *
   * @param runningVersion the version that runs now
   * @param rebooted whether to take it that the device booted since the last event, whatever the
   *     kernel's boot id says
   * @return what was done
   * @throws IllegalArgumentException if the version is blank, too long, or holds a lone surrogate
   * @throws IllegalStateException if this lifecycle is closed
   */
  public Reconciled reconcile(String runningVersion, boolean rebooted) {
    Either<StoreFailure, Loaded> read = look();
    if (read.isLeft()) {
      return new Reconciled(List.of(), Option.some(read.getLeft()));
    }
    UpdateState state = read.get().state();
    boolean booted = rebooted || Reconciliation.rebooted(state, settings.boot().get());
    List<Transition> applied = new ArrayList<>();
    for (UpdateEvent event : Reconciliation.events(state, runningVersion, booted)) {
      Either<Rejection, UpdateState> answer = send(event, state.revision());
      if (answer.isLeft()) {
        return new Reconciled(applied, Option.some(answer.getLeft()));
      }
      applied.add(new Transition(state, event, answer.get()));
      state = answer.get();
    }
    return new Reconciled(applied, Option.none());
  }

  private Either<StoreFailure, Loaded> look() {
    turn.lock();
    try {
      requireOpen();
      return store.read().peek(loaded -> memory = loaded);
    } finally {
      turn.unlock();
    }
  }

  /** {@return the edges by which events are decided} */
  public TransitionTable table() {
    return engine.table();
  }

  /** {@return what is overdue now, and the event that ends it; none while there is time} */
  public Option<Overdue> overdue() {
    return settings.deadlines().overdue(state(), boot());
  }

  /**
   * Waits for an event that is being handled, and refuses any other. Then waits until the listeners
   * are told, at most 10 seconds for one that does not return. Closing twice is no fault.
   */
  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
    } finally {
      turn.unlock();
    }
    announcers.forEach(Announcer::finish);
  }

  private EventContext context() {
    return new EventContext(settings.clock().instant(), boot(), settings.maxAttempts());
  }

  private Option<Boot> boot() {
    return settings.boot().get();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this lifecycle is closed");
    }
  }
}

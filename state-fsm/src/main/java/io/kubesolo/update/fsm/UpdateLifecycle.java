package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.Reconciliation;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.StateStore.Loaded;
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
import java.util.function.Function;

/**
 * The lifecycle of updates over one store: the one class that an agent needs.
 *
 * <p>Safe for use by several threads: one event is handled at a time, and other senders wait. An
 * event that is sent while its own thread handles another, or by a listener, is answered {@link
 * Reentrant}.
 *
 * <p>Listeners are notified after the commit, in order, outside every lock, each on a daemon thread
 * of its own that ends when its queue is empty. No other thread is started. A listener that throws,
 * or takes longer than 10 seconds, is logged as a warning of this class; neither the sender nor
 * another listener waits for it. If 1,000 transitions are queued for a listener, further ones are
 * dropped, which is logged.
 */
public final class UpdateLifecycle implements AutoCloseable {
  private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(10);

  private final StateStore store;
  private final LifecycleSettings settings;
  private final LifecycleEngine engine;
  private final List<ListenerDispatcher> dispatchers;
  private final ReentrantLock sendLock = new ReentrantLock(true);
  private volatile Loaded lastRead;
  private volatile boolean closed;

  private UpdateLifecycle(
      StateStore store, LifecycleSettings settings, LifecycleEngine engine, Loaded loaded) {
    this.store = store;
    this.settings = settings;
    this.engine = engine;
    this.dispatchers = settings.listeners().stream()
        .map(listener -> new ListenerDispatcher(listener, LISTENER_PATIENCE))
        .toList();
    this.lastRead = loaded;
  }

  /**
   * Opens a store with the default settings, run by Spring Statemachine.
   *
   * @param store stores the state
   * @return the lifecycle, or why the stored state cannot be used
   */
  public static Either<StoreFailure, UpdateLifecycle> open(StateStore store) {
    return open(store, LifecycleSettings.DEFAULT);
  }

  /**
   * Opens a store, run by Spring Statemachine.
   *
   * @param store stores the state
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
   * @param store stores the state
   * @param settings limits, clocks and listeners
   * @param engine decides events
   * @return the lifecycle, or why the stored state cannot be used
   */
  public static Either<StoreFailure, UpdateLifecycle> open(
      StateStore store, LifecycleSettings settings, LifecycleEngine engine) {
    return store.open().map(loaded -> new UpdateLifecycle(store, settings, engine, loaded));
  }

  /**
   * {@return the state that this lifecycle last read or wrote; another process may have changed it
   * since, which the next event that is sent takes into account}
   */
  public UpdateState state() {
    return lastRead.state();
  }

  /** {@return one line for each unexpected thing in the state as it was last read} */
  public List<String> warnings() {
    return lastRead.warnings();
  }

  /**
   * Sends an event. When this returns {@code Right}, the new state survives a power loss.
   *
   * @param event what happened
   * @return the state after the event, or why it was refused
   * @throws IllegalStateException if this lifecycle is closed
   */
  public Either<Rejection, UpdateState> send(UpdateEvent event) {
    return send(event, Option.none());
  }

  /**
   * Sends an event that is accepted only at one revision of the state.
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
    if (sendLock.isHeldByCurrentThread() || isListenerThread()) {
      return Either.left(new Reentrant(event));
    }
    sendLock.lock();
    try {
      requireOpen();
      return process(event, ifRevision);
    } finally {
      sendLock.unlock();
    }
  }

  /** Decides, persists and assigns under the lock of the store; then notifies. */
  private Either<Rejection, UpdateState> process(UpdateEvent event, Option<Long> ifRevision) {
    return store
        .<Transition>exclusively((loaded, persistListener) -> decide(loaded, event, ifRevision)
            .flatMap(accepted -> persist(accepted, persistListener))
            .peek(this::assign))
        .peek(this::notifyListeners)
        .peekLeft(this::reloadAfterUnknownOutcome)
        .map(Transition::after);
  }

  private Either<Rejection, Transition> decide(
      Loaded loaded, UpdateEvent event, Option<Long> ifRevision) {
    lastRead = loaded;
    UpdateState before = loaded.state();
    if (ifRevision.isDefined() && ifRevision.get() != before.revision()) {
      return Either.left(new Stale(event, ifRevision.get(), before));
    }
    return engine
        .decide(before, event, context())
        .map(after -> new Transition(before, event, after));
  }

  private static Either<Rejection, Transition> persist(
      Transition accepted, PersistListener persistListener) {
    return Either.narrow(persistListener
        .onAccepted(accepted)
        .map(stored -> new Transition(accepted.before(), accepted.event(), stored)));
  }

  private void assign(Transition durable) {
    lastRead = new Loaded(durable.after(), List.of());
  }

  private void notifyListeners(Transition durable) {
    dispatchers.forEach(dispatcher -> dispatcher.dispatch(durable));
  }

  /** After a write of unknown outcome, {@link #state} returns what a reader would see. */
  private void reloadAfterUnknownOutcome(Rejection rejection) {
    if (rejection instanceof NotPersisted failure && failure.outcome() == Outcome.UNKNOWN) {
      store.read().peek(loaded -> lastRead = loaded);
    }
  }

  private boolean isListenerThread() {
    return dispatchers.stream().anyMatch(ListenerDispatcher::isListenerThread);
  }

  /**
   * Decides an event without sending it, on the state that this lifecycle last read or wrote.
   * Writes nothing.
   *
   * @param event the event
   * @return the state after the event, or why it would be refused
   */
  public Either<Rejection, UpdateState> explain(UpdateEvent event) {
    return engine.decide(state(), event, context());
  }

  /** {@return for each event type, whether an event would be accepted now, and if not, why} */
  public List<Explanation> explain() {
    return Explanation.all(engine.table(), state(), settings.maxAttempts());
  }

  /**
   * Sends the events that follow from what happened while the agent was not running. Compares the
   * boot of the last event with the present one to find out whether the device booted since. Only
   * one process may do this at a time, because it ends what another process is working on.
   *
   * @param runningVersion the version that runs now
   * @return the events that were sent
   * @throws IllegalArgumentException if the version is null, blank, too long, or holds a control
   *     character or a lone surrogate
   * @throws IllegalStateException if this lifecycle is closed
   */
  public ReconcileResult reconcile(String runningVersion) {
    return reconcile(
        runningVersion, state -> Rebooted.between(state.boot(), settings.boot().get()));
  }

  /**
   * Sends the events that follow from what happened while the agent was not running. Does not compare
   * boots.
   *
   * @param runningVersion the version that runs now
   * @param rebooted whether the device booted since the last event
   * @return the events that were sent
   * @throws IllegalArgumentException if the version is null, blank, too long, or holds a control
   *     character or a lone surrogate
   * @throws IllegalStateException if this lifecycle is closed
   */
  public ReconcileResult reconcile(String runningVersion, Rebooted rebooted) {
    return reconcile(runningVersion, state -> rebooted);
  }

  private ReconcileResult reconcile(
      String runningVersion, Function<UpdateState, Rebooted> rebootedSince) {
    Either<StoreFailure, Loaded> read = refresh();
    if (read.isLeft()) {
      return new ReconcileResult(List.of(), Option.some(read.getLeft()), Option.none());
    }
    UpdateState state = read.get().state();
    Rebooted rebooted = rebootedSince.apply(state);
    List<UpdateEvent> events = Reconciliation.events(state, runningVersion, rebooted);
    Option<String> warning = Reconciliation.warning(state, runningVersion, rebooted);
    List<Transition> applied = new ArrayList<>();
    for (UpdateEvent event : events) {
      Either<Rejection, UpdateState> answer = send(event, state.revision());
      if (answer.isLeft()) {
        return new ReconcileResult(applied, Option.some(answer.getLeft()), warning);
      }
      applied.add(new Transition(state, event, answer.get()));
      state = answer.get();
    }
    return new ReconcileResult(applied, Option.none(), warning);
  }

  private Either<StoreFailure, Loaded> refresh() {
    sendLock.lock();
    try {
      requireOpen();
      return store.read().peek(loaded -> lastRead = loaded);
    } finally {
      sendLock.unlock();
    }
  }

  /** {@return the edges by which events are decided} */
  public TransitionTable table() {
    return engine.table();
  }

  /**
   * {@return the phase that is overdue, and the event that ends it; none if no phase is overdue}
   */
  public Option<Overdue> overdue() {
    return settings.deadlines().overdue(state(), boot());
  }

  /**
   * Waits for the event that is being handled, and refuses further ones. Then waits until the
   * listeners have been notified, at most 10 seconds for one that does not return. Closing twice
   * has no effect.
   */
  @Override
  public void close() {
    sendLock.lock();
    try {
      closed = true;
    } finally {
      sendLock.unlock();
    }
    dispatchers.forEach(ListenerDispatcher::finish);
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

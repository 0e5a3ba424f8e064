package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Arguments;
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
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.TransitionListener;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycle of updates over one store: the one class that an agent needs.
 *
 * <p>Safe for use by several threads: one event is handled at a time, and other senders wait, each
 * no longer than the store's deadline. An event that is sent while its own thread handles another,
 * or by a listener, is answered {@link Reentrant}.
 *
 * <p>Listeners are notified of the transitions that this lifecycle made, after the commit, in
 * order, outside every lock, each on a daemon thread of its own that ends when its queue is empty.
 * No other thread is started. A listener that throws, or takes longer than 10 seconds, is logged as
 * a warning of this class, and is still notified of the next transition; neither the sender nor
 * another listener waits for it. If 1,000 transitions are queued for a listener, further ones are
 * dropped, which is logged.
 *
 * <p>After {@link NotPersisted} with {@link Outcome#UNKNOWN} the caller sends the same event again.
 * If the store finds that event in the stored state, it is answered {@code Right}, once.
 *
 * <p>If the store throws, the answer is {@link NotPersisted} with {@link Outcome#UNKNOWN} and the
 * exception's class and message. If the engine, a clock or the source of the boot throws, that is a
 * bug: the exception reaches the caller, the store's lock is released, and memory and the stored
 * state are unchanged.
 */
public final class UpdateLifecycle implements AutoCloseable {
  private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(10);
  private static final String NULL = "it returned null";
  private static final Pattern SPRING_CLASS = Pattern.compile("org/springframework/|reactor/");

  private final StateStore store;
  private final LifecycleSettings settings;
  private final LifecycleEngine engine;
  private final List<ListenerDispatcher> dispatchers;

  /** The threads that are sending an event. */
  private final Set<Thread> senders = ConcurrentHashMap.newKeySet();

  /**
   * Held while an event is handled, inside the lock of the store. No thread holds it while it waits
   * for the lock of the store.
   */
  private final ReentrantLock memoryLock = new ReentrantLock(true);

  /**
   * The transition whose outcome was unknown last, so that listeners are notified when it is known.
   */
  private Option<Transition> unanswered = Option.none();

  private volatile Loaded lastRead;
  private volatile boolean closed;

  private UpdateLifecycle(
      StateStore store, LifecycleSettings settings, LifecycleEngine engine, Loaded loaded) {
    this.store = store;
    this.settings = settings;
    this.engine = engine;
    List<ListenerDispatcher> all = new ArrayList<>();
    for (TransitionListener listener : settings.listeners()) {
      all.add(new ListenerDispatcher(listener, LISTENER_PATIENCE));
    }
    this.dispatchers = List.copyOf(all);
    this.lastRead = loaded;
  }

  /**
   * Opens a store with the default settings, run by Spring Statemachine.
   *
   * @param store stores the state
   * @return the lifecycle, or why the stored state cannot be used
   * @throws IllegalArgumentException if the store is null
   * @throws IllegalStateException if Spring Statemachine was left out; pass a {@link
   *     TableEngine} then
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
   * @throws IllegalArgumentException if an argument is null
   * @throws IllegalStateException if Spring Statemachine was left out; pass a {@link
   *     TableEngine} then
   */
  public static Either<StoreFailure, UpdateLifecycle> open(
      StateStore store, LifecycleSettings settings) {
    return open(store, settings, springEngine());
  }

  private static LifecycleEngine springEngine() {
    try {
      return new SpringEngine();
    } catch (NoClassDefFoundError e) {
      if (SPRING_CLASS.matcher(String.valueOf(e.getMessage())).lookingAt()) {
        throw new IllegalStateException(
            "Spring Statemachine is not on the class path or module path: add spring-statemachine-core,"
                + " or pass a TableEngine, as in"
                + " UpdateLifecycle.open(store, settings, new TableEngine())",
            e);
      }
      throw e;
    }
  }

  /**
   * Opens a store.
   *
   * @param store stores the state
   * @param settings limits, clocks and listeners
   * @param engine decides events
   * @return the lifecycle, or why the stored state cannot be used
   * @throws IllegalArgumentException if an argument is null
   */
  public static Either<StoreFailure, UpdateLifecycle> open(
      StateStore store, LifecycleSettings settings, LifecycleEngine engine) {
    Arguments.requireNonNull(store, "the store");
    Arguments.requireNonNull(settings, "settings");
    Arguments.requireNonNull(engine, "the engine");
    Either<StoreFailure, Loaded> opened = opened(store);
    return opened.isLeft()
        ? Either.left(opened.getLeft())
        : Either.right(new UpdateLifecycle(store, settings, engine, opened.get()));
  }

  /**
   * {@return the state that this lifecycle last read or wrote; another process may have changed it
   * since, which {@link #refresh} reads, and which the next event that is sent takes into account}
   */
  public UpdateState state() {
    return lastRead.state();
  }

  /**
   * {@return one line for each unexpected thing in the state as it was last read; an event that was
   * accepted since may have removed it}
   */
  public List<String> warnings() {
    return lastRead.warnings();
  }

  /**
   * Reads the stored state, which another process may have changed, so that {@link #state}, {@link
   * #warnings}, {@link #explain()} and {@link #overdue} are about it. Takes no lock of the store
   * and writes nothing. Listeners are not notified of what another process did. A power loss may
   * still revert what is read here; no event is decided on it before it is durable.
   *
   * @return the state; or why it cannot be read, and then this lifecycle keeps the last one
   * @throws IllegalStateException if this lifecycle is closed
   */
  public Either<StoreFailure, UpdateState> refresh() {
    requireOpen();
    return reload().map(Loaded::state);
  }

  /**
   * Reads the stored state. Keeps what an event has read or written since this began, because that
   * is newer. Holds no lock while it reads: the event that holds the lock of the store would wait
   * for that lock, and this thread for a connection of the pool from which the event has one.
   */
  @SuppressWarnings("ReferenceEquality") // each event reads an object of its own
  private Either<StoreFailure, Loaded> reload() {
    Loaded before = lastRead;
    Either<StoreFailure, Loaded> read = read();
    if (read.isLeft()) {
      return read;
    }
    memoryLock.lock();
    try {
      if (lastRead == before) {
        lastRead = read.get();
      }
      return Either.right(lastRead);
    } finally {
      memoryLock.unlock();
    }
  }

  /**
   * Sends an event. When this returns {@code Right}, the new state survives a power loss.
   *
   * @param event what happened
   * @return the state after the event, or why it was rejected
   * @throws IllegalStateException if this lifecycle is closed
   * @throws IllegalArgumentException if the event is null
   */
  public Either<Rejection, UpdateState> send(UpdateEvent event) {
    return send(event, Option.none());
  }

  /**
   * Sends an event that is accepted only at one revision of the state.
   *
   * @param event what happened
   * @param ifRevision the revision that the caller has seen
   * @return the state after the event, or why it was rejected; {@link Stale} at another revision
   * @throws IllegalStateException if this lifecycle is closed
   * @throws IllegalArgumentException if the event is null
   */
  public Either<Rejection, UpdateState> send(UpdateEvent event, long ifRevision) {
    return send(event, Option.some(ifRevision));
  }

  private Either<Rejection, UpdateState> send(UpdateEvent event, Option<Long> ifRevision) {
    Arguments.requireNonNull(event, "the event");
    if (isListenerThread() || !senders.add(Thread.currentThread())) {
      return Either.left(new Reentrant(event));
    }
    try {
      requireOpen();
      return new Sending(event, ifRevision).handle();
    } finally {
      senders.remove(Thread.currentThread());
    }
  }

  /** One event that is sent. */
  private final class Sending {
    private final UpdateEvent event;
    private final Option<Long> ifRevision;
    private @Nullable Throwable bug;

    Sending(UpdateEvent event, Option<Long> ifRevision) {
      this.event = event;
      this.ifRevision = ifRevision;
    }

    /** Handles the event under the lock of the store. What the store throws becomes an answer. */
    @SuppressWarnings("ReferenceEquality") // an equal exception may come from the store
    Either<Rejection, UpdateState> handle() {
      try {
        Either<Rejection, UpdateState> answer = requireAnswer(store.exclusively(this::process));
        if (answer.isLeft()) {
          followStore(answer.getLeft());
        }
        return answer;
      } catch (Throwable thrown) {
        if (thrown == bug) {
          throw thrown;
        }
        NotPersisted failure = thrown(store, thrown);
        followStore(failure);
        return Either.left(failure);
      }
    }

    /** Processes the event. An engine that throws has changed nothing. */
    private Either<Rejection, UpdateState> process(Loaded loaded, PersistListener persistListener) {
      memoryLock.lock();
      try {
        Option<Either<NotPersisted, UpdateState>> resent = persistListener.onResent(event);
        if (resent.isDefined()) {
          return Either.narrow(resent.get().peek(stored -> confirm(stored, loaded)));
        }
        notifyOfEarlier(loaded.state());
        Either<Rejection, Transition> accepted = decide(loaded.state());
        lastRead = loaded;
        if (accepted.isLeft()) {
          return Either.left(accepted.getLeft());
        }
        unanswered = Option.some(accepted.get());
        Either<NotPersisted, Transition> durable = persist(accepted.get(), persistListener);
        if (durable.isLeft()) {
          return Either.left(durable.getLeft());
        }
        assign(durable.get());
        notifyListeners(durable.get());
        return Either.right(durable.get().after());
      } finally {
        memoryLock.unlock();
      }
    }

    /**
     * Notifies listeners of an earlier event of this lifecycle whose outcome was unknown, if it made
     * the stored state, which is durable.
     */
    private void notifyOfEarlier(UpdateState stored) {
      Option<Transition> earlier =
          unanswered.filter(transition -> isStoredAs(transition.after(), stored));
      if (earlier.isDefined()) {
        unanswered = Option.none();
        Transition made = earlier.get();
        notifyListeners(new Transition(made.before(), made.event(), stored));
      }
    }

    /**
     * Returns whether a state is stored as this one; a store may keep less history than it was
     * given.
     */
    private static boolean isStoredAs(UpdateState state, UpdateState stored) {
      return state.toBuilder().history(stored.history()).build().equals(stored);
    }

    private Either<Rejection, Transition> decide(UpdateState before) {
      if (ifRevision.isDefined() && ifRevision.get() != before.revision()) {
        return Either.left(new Stale(event, ifRevision.get(), before));
      }
      Either<Rejection, UpdateState> decision = askEngine(before);
      return decision.isLeft()
          ? Either.left(decision.getLeft())
          : Either.right(new Transition(before, event, decision.get()));
    }

    /** Asks the engine. An exception that is thrown here is not a failure of the store. */
    private Either<Rejection, UpdateState> askEngine(UpdateState before) {
      try {
        requireOpen();
        return decision(before, event);
      } catch (Throwable thrown) {
        bug = thrown;
        throw thrown;
      }
    }

    private Either<NotPersisted, Transition> persist(
        Transition accepted, PersistListener persistListener) {
      Either<NotPersisted, UpdateState> stored =
          requireAnswer(persistListener.onAccepted(accepted));
      return stored.isLeft()
          ? Either.left(stored.getLeft())
          : Either.right(new Transition(accepted.before(), event, stored.get()));
    }

    private void assign(Transition durable) {
      unanswered = Option.none();
      lastRead = new Loaded(durable.after(), lastRead.warnings());
    }

    /**
     * Answers an event that was accepted before, by this lifecycle or another one, and is durable
     * now.
     */
    private void confirm(UpdateState stored, Loaded loaded) {
      Option<Transition> ours = unanswered
          .filter(transition -> transition.event().equals(event))
          .filter(transition -> transition.after().revision() == stored.revision());
      lastRead = new Loaded(stored, loaded.warnings());
      unanswered = Option.none();
      ours.map(transition -> new Transition(transition.before(), event, stored))
          .forEach(UpdateLifecycle.this::notifyListeners);
    }
  }

  private void notifyListeners(Transition durable) {
    for (ListenerDispatcher dispatcher : dispatchers) {
      dispatcher.dispatch(durable);
    }
  }

  /**
   * Reloads after a write of unknown outcome, so that {@link #state} returns what a reader would
   * see.
   */
  private void followStore(Rejection rejection) {
    if (rejection instanceof NotPersisted failure && failure.outcome() == Outcome.UNKNOWN) {
      reload();
    }
  }

  private static Either<StoreFailure, Loaded> opened(StateStore store) {
    try {
      return requireAnswer(store.open());
    } catch (Throwable thrown) {
      return Either.left(thrown(store, thrown));
    }
  }

  private Either<StoreFailure, Loaded> read() {
    try {
      return requireAnswer(store.read());
    } catch (Throwable thrown) {
      String problem = "the store cannot be read: " + text(thrown);
      return Either.left(new Unreadable(store.getClass().getName(), problem, false));
    }
  }

  /** Returns an answer of the store, unless it or what is in it is null. */
  private static <L, R> Either<L, R> requireAnswer(@Nullable Either<L, R> answer) {
    return requireAnswer(answer, NULL);
  }

  private static <L, R> Either<L, R> requireAnswer(
      @Nullable Either<L, R> answer, String otherwise) {
    Objects.requireNonNull(answer, otherwise);
    Objects.requireNonNull(answer.isLeft() ? answer.getLeft() : answer.get(), otherwise);
    return answer;
  }

  private static NotPersisted thrown(StateStore store, Throwable thrown) {
    String problem = "the store failed: " + text(thrown);
    return new NotPersisted(store.getClass().getName(), problem, Outcome.UNKNOWN);
  }

  /** Returns the class and the message of an exception, whatever its own methods do. */
  private static String text(Throwable thrown) {
    return UpdateEvent.Fail.of(thrown).error();
  }

  private boolean isListenerThread() {
    for (ListenerDispatcher dispatcher : dispatchers) {
      if (dispatcher.isListenerThread()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Decides an event without sending it, on the state that this lifecycle last read or wrote.
   * Writes nothing.
   *
   * @param event the event
   * @return the state after the event, or why it would be rejected
   * @throws IllegalArgumentException if the event is null
   */
  public Either<Rejection, UpdateState> explain(UpdateEvent event) {
    Arguments.requireNonNull(event, "the event");
    return decision(state(), event);
  }

  /**
   * Decides an event that would follow another one, without sending either, on the state that this
   * lifecycle last read or wrote. Writes nothing.
   *
   * @param first the event that comes before
   * @param event the event
   * @return the state after both, or why one of them would be rejected
   * @throws IllegalArgumentException if an event is null
   */
  public Either<Rejection, UpdateState> explain(UpdateEvent first, UpdateEvent event) {
    Arguments.requireNonNull(event, "the event");
    return explain(first).flatMap(between -> decision(between, event));
  }

  private Either<Rejection, UpdateState> decision(UpdateState before, UpdateEvent event) {
    return requireAnswer(engine.decide(before, event, context()), "the engine returned null");
  }

  /** {@return for each event type, whether an event would be accepted now, and if not, why} */
  public List<Explanation> explain() {
    return Explanation.all(engine.table(), state(), settings.maxAttempts());
  }

  /**
   * Sends the events that follow from what happened while the agent was not running. Compares the
   * boot of the last event with the present one to find out whether the device booted since. Only
   * one process may do this at a time, because it cancels the work of another process. What a
   * listener sends by this is answered {@link Reentrant}.
   *
   * @param runningVersion the version that runs now
   * @return the events that were accepted, the rejection that ended it early, and what could not be
   *     decided
   * @throws IllegalArgumentException if the version is null, blank, too long, or holds a control
   *     character or a lone surrogate
   * @throws IllegalStateException if this lifecycle is closed
   */
  public ReconcileResult reconcile(String runningVersion) {
    return reconcile(runningVersion, state -> Rebooted.between(state.boot(), boot()));
  }

  /**
   * Sends the events that follow from what happened while the agent was not running. Does not
   * compare boots.
   *
   * @param runningVersion the version that runs now
   * @param rebooted whether the device booted since the last event
   * @return the events that were accepted, the rejection that ended it early, and what could not be
   *     decided
   * @throws IllegalArgumentException if the version is null, blank, too long, or holds a control
   *     character or a lone surrogate, or {@code rebooted} is null
   * @throws IllegalStateException if this lifecycle is closed
   */
  public ReconcileResult reconcile(String runningVersion, Rebooted rebooted) {
    Arguments.requireNonNull(rebooted, "rebooted");
    return reconcile(runningVersion, state -> rebooted);
  }

  private ReconcileResult reconcile(
      String runningVersion, Function<UpdateState, Rebooted> rebootedSince) {
    requireOpen();
    Either<StoreFailure, UpdateState> durable = opened(store).flatMap(loaded -> refresh());
    if (durable.isLeft()) {
      return new ReconcileResult(List.of(), Option.some(durable.getLeft()), Option.none());
    }
    UpdateState state = durable.get();
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
   * Waits for the event that is being handled, and rejects further ones. Then waits until the
   * listeners have been notified, at most 10 seconds for one that does not return. Closing twice
   * has no effect.
   */
  @Override
  public void close() {
    memoryLock.lock();
    try {
      closed = true;
    } finally {
      memoryLock.unlock();
    }
    for (ListenerDispatcher dispatcher : dispatchers) {
      dispatcher.finish();
    }
  }

  private EventContext context() {
    return new EventContext(settings.clock().instant(), boot(), settings.maxAttempts());
  }

  private Option<Boot> boot() {
    return Arguments.requireNonNull(settings.boot().get(), "the boot that its source returned");
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this lifecycle is closed");
    }
  }
}

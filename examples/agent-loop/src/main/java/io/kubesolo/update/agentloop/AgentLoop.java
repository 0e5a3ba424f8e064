package io.kubesolo.update.agentloop;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * An update agent that repeats one round: look at the phase, do its work, send the event that says
 * how the work ended. A round that was interrupted is repeated from what the state file says.
 */
public final class AgentLoop {
  private static final LifecycleSettings SETTINGS = LifecycleSettings.DEFAULT
      .withDeadlines(new Deadlines(Map.of(
          Phase.CHECKING, Duration.ofMinutes(1),
          Phase.DOWNLOADING, Duration.ofHours(2),
          Phase.VERIFYING, Duration.ofMinutes(10))))
      .withListeners(AgentLoop::log);

  private final UpdateLifecycle lifecycle;
  private final Device device;
  private Option<Sent> unsettled = Option.none();

  /** An event, and the revision that it is meant for. */
  record Sent(UpdateEvent event, long revision) {}

  /** What follows a round. */
  enum Next {
    /** The next round, at once. */
    CONTINUE,
    /** The next round, some time later. */
    WAIT,
    /** A reboot. */
    REBOOT,
    /** Nothing, until a person has repaired something. */
    STOP
  }

  AgentLoop(UpdateLifecycle lifecycle, Device device) {
    this.lifecycle = lifecycle;
    this.device = device;
  }

  /**
   * Runs rounds until the agent has to wait, reboot or stop. A timer starts it every few minutes.
   *
   * @param arguments the path of the state file, and the folder of a simulated device
   * @throws IOException if the running version cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    Device device = new FolderDevice(Path.of(arguments[1]));
    System.out.println(run(StateFile.at(Path.of(arguments[0])), SETTINGS, device));
  }

  static Next run(StateStore store, LifecycleSettings settings, Device device) throws IOException {
    Either<StoreFailure, UpdateLifecycle> opened =
        UpdateLifecycle.open(store, settings, new TableEngine());
    if (opened.isLeft()) {
      System.err.println(opened.getLeft().message());
      return Next.STOP;
    }
    try (UpdateLifecycle lifecycle = opened.get()) {
      Option<Rejection> refusal = lifecycle.reconcile(device.runningVersion()).refusal();
      if (refusal.isDefined()) {
        System.err.println(refusal.get().message());
        return Next.WAIT;
      }
      return new AgentLoop(lifecycle, device).rounds();
    }
  }

  private Next rounds() {
    Next next = Next.CONTINUE;
    while (next == Next.CONTINUE) {
      next = round();
    }
    return next;
  }

  Next round() {
    if (unsettled.isDefined()) {
      return send(unsettled.get(), Next.CONTINUE);
    }
    Option<Overdue> overdue = lifecycle.overdue();
    if (overdue.isDefined()) {
      return send(overdue.get().event(), Next.CONTINUE);
    }
    try {
      return work(lifecycle.state());
    } catch (IOException e) {
      // It may be temporary. The phase stays, the next round tries again, the deadline ends the
      // phase.
      System.err.println(e);
      return Next.WAIT;
    }
  }

  /** Does the work of the phase, and sends the event that says how it ended. */
  private Next work(UpdateState state) throws IOException {
    String running = device.runningVersion();
    return switch (state.phase()) {
      case IDLE -> send(new Check(), Next.CONTINUE);
      case CHECKING -> {
        Option<String> offer = device.offer().filter(version -> !version.equals(running));
        yield offer.isDefined()
            ? send(new Download(offer.get(), running), Next.CONTINUE)
            : send(new NoUpdate(), Next.WAIT);
      }
      case DOWNLOADING -> {
        Option<String> defect = state.toVersion().isDefined()
            ? device.install(state.toVersion().get())
            : Option.some("the state file names no target");
        yield send(defect.isEmpty() ? new Stage() : new Fail(defect.get()), Next.CONTINUE);
      }
      case STAGED -> send(new Activate(), Next.CONTINUE);
      case ACTIVATED -> {
        device.bootOtherSlot();
        yield Next.REBOOT;
      }
      case VERIFYING -> {
        Option<String> problem = device.healthProblem();
        if (problem.isEmpty()) {
          device.markGood();
        }
        yield send(problem.isEmpty() ? new Confirm() : new Rollback(problem.get()), Next.CONTINUE);
      }
      case ROLLED_BACK -> {
        if (state.toVersion().contains(running)) {
          device.bootOtherSlot();
          yield Next.REBOOT;
        }
        yield send(new Acknowledge(), Next.WAIT);
      }
      case SUCCESS, FAILED -> send(new Acknowledge(), Next.WAIT);
    };
  }

  /** Sends an event for the revision that this round saw: another process may send events too. */
  private Next send(UpdateEvent event, Next then) {
    return send(new Sent(event, lifecycle.state().revision()), then);
  }

  private Next send(Sent sent, Next then) {
    Either<Rejection, UpdateState> answer = lifecycle.send(sent.event(), sent.revision());
    if (answer.isLeft()) {
      return refused(sent, answer.getLeft());
    }
    unsettled = Option.none();
    return then;
  }

  /** Decides what follows a rejection. */
  Next refused(Sent sent, Rejection rejection) {
    System.err.println(rejection.message());
    if (rejection instanceof Unreadable) {
      return Next.STOP; // a person looks at the file, or calls StateFile.repair
    }
    if (rejection instanceof Busy) {
      return Next.WAIT; // another process holds the lock: nothing was read or written
    }
    if (rejection instanceof NotPersisted failure) {
      if (failure.outcome() == Outcome.UNKNOWN) {
        unsettled = Option.some(sent); // no work before this event was sent again
      }
      return Next.WAIT; // a full disk, for example; after OLD the round is repeated as it was
    }
    unsettled = Option.none();
    if (rejection instanceof Stale || rejection instanceof IllegalTransition) {
      return Next.CONTINUE; // another process was faster: the next round sees the new state
    }
    if (rejection instanceof GuardDenied) {
      return send(new NoUpdate(), Next.WAIT); // rolled back before, or no attempts left
    }
    throw new IllegalStateException(rejection.message()); // Reentrant: an error in this class
  }

  private static void log(Transition transition) {
    System.out.printf(
        "%s: %s -> %s%n",
        transition.event().type(),
        transition.before().phase(),
        transition.after().phase());
  }
}

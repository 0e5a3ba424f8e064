package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import java.util.List;

/**
 * A fault of the machine that {@link Verifier} found.
 *
 * <p>Immutable.
 */
public sealed interface Finding {
  /** {@return the fault, in one line} */
  String message();

  /**
   * No edges lead to the phase from where the machine starts.
   *
   * @param phase the phase
   */
  record UnreachablePhase(Phase phase) implements Finding {
    @Override
    public String message() {
      return "no edges lead to " + phase;
    }
  }

  /**
   * No edge leads out of the phase.
   *
   * @param phase the phase
   */
  record Trap(Phase phase) implements Finding {
    @Override
    public String message() {
      return "no edge leads out of " + phase;
    }
  }

  /**
   * The phase is transient, and no edges lead from it to a resting one.
   *
   * @param phase the phase
   */
  record NoWayToRest(Phase phase) implements Finding {
    @Override
    public String message() {
      return "no edges lead from " + phase + " to a resting phase";
    }
  }

  /**
   * The phase is transient, and can be reached so that no events lead on to a resting one, because
   * guards say no.
   *
   * @param phase the phase
   * @param path the fewest events that lead there
   */
  record Stuck(Phase phase, List<UpdateEvent> path) implements Finding {
    /** {@inheritDoc} */
    public Stuck {
      path = List.copyOf(path);
    }

    @Override
    public String message() {
      return "in " + phase + ", no events lead to a resting phase after " + path;
    }
  }

  /**
   * Two edges start in one phase with one event: Spring tries them in no order to rely on.
   *
   * @param first the edge declared first
   * @param second the other
   */
  record SharedCell(Edge first, Edge second) implements Finding {
    @Override
    public String message() {
      return "two edges share one phase and event: " + words(first) + "; " + words(second);
    }
  }

  /**
   * Two edges that start in one phase with one event may both be taken: in a state that can be
   * reached, one event passes the guards of both.
   *
   * @param first the edge declared first
   * @param second the other
   * @param path the fewest events after which both may be taken, the shared event last
   */
  record GuardOverlap(Edge first, Edge second, List<UpdateEvent> path) implements Finding {
    /** {@inheritDoc} */
    public GuardOverlap {
      path = List.copyOf(path);
    }

    @Override
    public String message() {
      return "the guards of " + words(first) + " and " + words(second) + " all hold at " + path;
    }
  }

  /**
   * In no state that can be reached does an event pass all of the edge's guards.
   *
   * @param edge the edge
   */
  record NeverTaken(Edge edge) implements Finding {
    @Override
    public String message() {
      return "the guards of " + words(edge) + " never hold together";
    }
  }

  /**
   * A guard or action of the edge asks for what its event does not carry.
   *
   * @param edge the edge
   */
  record MisplacedRule(Edge edge) implements Finding {
    @Override
    public String message() {
      return "a guard or action of " + words(edge) + " takes what the event does not carry";
    }
  }

  /**
   * The edge leads to a state that breaks what the machine promises.
   *
   * @param edge the edge
   * @param promise what is broken
   */
  record BrokenPromise(Edge edge, String promise) implements Finding {
    @Override
    public String message() {
      return words(edge) + " breaks a promise: " + promise;
    }
  }

  /**
   * No edge has the event.
   *
   * @param event the event
   */
  record UnusedEvent(EventType event) implements Finding {
    @Override
    public String message() {
      return "no edge has the event " + event;
    }
  }

  /**
   * No edge has the guard.
   *
   * @param guard the guard
   */
  record UnusedGuard(Guard guard) implements Finding {
    @Override
    public String message() {
      return "no edge has the guard " + guard;
    }
  }

  /**
   * No edge has the action.
   *
   * @param action the action
   */
  record UnusedAction(Action action) implements Finding {
    @Override
    public String message() {
      return "no edge has the action " + action;
    }
  }

  /**
   * The edge starts in, or leads to, a phase that was not declared to Spring.
   *
   * @param edge the edge
   * @param phase the phase
   */
  record UndeclaredPhase(Edge edge, Phase phase) implements Finding {
    @Override
    public String message() {
      return words(edge) + " has an end in " + phase + ", which is not declared";
    }
  }

  /**
   * Spring's machine has another number of transitions than edges were declared.
   *
   * @param declared how many edges were declared
   * @param built how many transitions Spring built
   */
  record TransitionCount(int declared, int built) implements Finding {
    @Override
    public String message() {
      return "of " + declared + " declared edges, Spring built " + built + " transitions";
    }
  }

  /**
   * Spring's machine lacks the edge: it drops in silence what it cannot build.
   *
   * @param edge the edge
   */
  record NotBuilt(Edge edge) implements Finding {
    @Override
    public String message() {
      return "Spring did not build " + words(edge);
    }
  }

  private static String words(Edge edge) {
    return edge.from() + " -" + edge.event() + "-> " + edge.to();
  }
}

package io.kubesolo.update.fsm.verify;

import io.kubesolo.update.core.Edge;

/**
 * A fault of the machine that {@link Verifier} found.
 *
 * <p>Immutable.
 *
 * @param kind what kind of fault it is
 * @param subject the phase, edge, event, guard or action that is at fault
 * @param detail the rest of the message, such as the events that lead to the fault; may be empty
 */
public record Finding(Kind kind, String subject, String detail) {
  /** The kinds of fault. */
  public enum Kind {
    /** The phase is not a state of the machine. Spring drops its edges without an error. */
    UNDECLARED_PHASE("%s is not declared as a state"),
    /** No edges lead to the phase from the initial one. */
    UNREACHABLE_PHASE("no edges lead to %s"),
    /** No edge leads out of the phase. */
    TRAP("no edge leads out of %s"),
    /** The phase is transient, and no edges lead from it to a resting one. */
    NO_WAY_TO_REST("no edges lead from %s to a resting phase"),
    /** A state in the transient phase can be reached from which guards deny each way to rest. */
    STUCK("in %s, no events lead to a resting phase after %s"),
    /** Two edges have the same source and event: Spring evaluates them in no defined order. */
    SHARED_CELL("two edges have the same source and event: %s; %s"),
    /** In a state that can be reached, one event passes the guards of both edges. */
    GUARD_OVERLAP("the guards of %s all hold after %s"),
    /** In no state that can be reached does an event pass all guards of the edge. */
    NEVER_TAKEN("the guards of %s never hold together"),
    /** A guard or action of the edge needs a value that its event does not carry. */
    MISPLACED_RULE("a guard or action of %s needs a value that the event does not carry"),
    /** The edge leads to a state that breaks an invariant of the machine. */
    BROKEN_INVARIANT("%s breaks an invariant: %s"),
    /** No edge has the event. */
    UNUSED_EVENT("no edge has the event %s"),
    /** No edge has the guard. */
    UNUSED_GUARD("no edge has the guard %s"),
    /** No edge has the action. */
    UNUSED_ACTION("no edge has the action %s");

    private final String format;

    Kind(String format) {
      this.format = format;
    }
  }

  static Finding of(Kind kind, Object subject) {
    return of(kind, subject, "");
  }

  static Finding of(Kind kind, Object subject, Object detail) {
    return new Finding(kind, inWords(subject), inWords(detail));
  }

  /** {@return the fault, in one line} */
  public String message() {
    return kind.format.formatted(subject, detail);
  }

  /** Returns an edge in the form {@code idle -check-> checking}, and anything else as it prints. */
  static String inWords(Object subject) {
    return subject instanceof Edge edge
        ? edge.from() + " -" + edge.event() + "-> " + edge.to()
        : subject.toString();
  }
}

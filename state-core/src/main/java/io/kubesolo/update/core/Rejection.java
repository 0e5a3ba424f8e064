package io.kubesolo.update.core;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Why an event did not happen. The state file is as it was, to the byte, unless the rejection is a
 * {@link StoreFailure.NotPersisted} with {@link StoreFailure.Outcome#UNKNOWN}.
 *
 * <p>Immutable.
 */
public sealed interface Rejection {
  /** {@return one line that says what was refused, and why} */
  String message();

  /**
   * The event has no edge in this phase.
   *
   * @param phase the phase
   * @param event the event
   * @param permitted the events that have an edge here, whatever their guards say
   */
  record IllegalTransition(Phase phase, UpdateEvent event, List<EventType> permitted)
      implements Rejection {
    @Override
    public String message() {
      return "%s is illegal in %s; permitted: %s".formatted(event.type(), phase, names(permitted));
    }
  }

  /**
   * The event has an edge here, and guards said no.
   *
   * @param phase the phase
   * @param event the event
   * @param denials the guards that said no, in the order of the edge, at least one
   * @param permitted the events that have an edge here, whatever their guards say
   */
  record GuardDenied(
      Phase phase, UpdateEvent event, List<Denial> denials, List<EventType> permitted)
      implements Rejection {
    /** {@inheritDoc} */
    public GuardDenied {
      denials = List.copyOf(denials);
    }

    @Override
    public String message() {
      return Text.oneLine(denials.stream()
          .map(denial -> denial.guard() + " (" + denial.demand() + ")")
          .collect(Collectors.joining("; ", event.type() + " is denied in " + phase + ": ", "")));
    }

    /** {@return the guards that said no} */
    public List<Guard> guards() {
      return denials.stream().map(Denial::guard).toList();
    }
  }

  /**
   * One guard's no.
   *
   * @param guard the guard
   * @param state the state that it saw
   * @param maxAttempts how many attempts at one version were allowed; 0 is no limit
   */
  record Denial(Guard guard, UpdateState state, long maxAttempts) {
    /** {@return what the guard asks of the event, in words, with the values it saw} */
    public String demand() {
      return guard.demand(state, maxAttempts).getOrElse(guard.ruleName());
    }
  }

  /**
   * Another writer was quicker than a caller who named the revision it had seen.
   *
   * @param event the event
   * @param ifRevision the revision that the caller had seen
   * @param state the state that is there now
   */
  record Stale(UpdateEvent event, long ifRevision, UpdateState state) implements Rejection {
    @Override
    public String message() {
      return "%s is stale: it was meant for revision %d, and the state is at %d (%s)"
          .formatted(event.type(), ifRevision, state.revision(), state.phase());
    }
  }

  /**
   * The event was sent from within the handling of another.
   *
   * @param event the event
   */
  record Reentrant(UpdateEvent event) implements Rejection {
    @Override
    public String message() {
      return event.type() + " was sent from within the handling of another event";
    }
  }

  /** The state could not be read or written. */
  sealed interface StoreFailure extends Rejection {
    /**
     * The stored state cannot be read, or what was read is no state. It is left as it is.
     *
     * @param path the file
     * @param problem what is wrong, and where
     * @param repairable whether the content is at fault, rather than the access to it
     */
    record Unreadable(String path, String problem, boolean repairable) implements StoreFailure {
      @Override
      public String message() {
        return line(path, problem);
      }
    }

    /**
     * The next state could not be made durable, so the event did not happen, or may not have.
     *
     * @param path the file or directory at fault
     * @param problem what is wrong, and what to do
     * @param outcome which state is stored now
     */
    record NotPersisted(String path, String problem, Outcome outcome) implements StoreFailure {
      @Override
      public String message() {
        return switch (outcome) {
          case OLD -> line(path, problem) + "; the old state stands";
          case UNKNOWN ->
            line(path, problem)
                + "; whether the old or the new state survives a power cut is unknown,"
                + " touch nothing outside and send again";
        };
      }
    }

    /**
     * Another writer held the lock until the deadline. Nothing was read or written.
     *
     * @param path the lock file
     * @param problem who held it for how long
     */
    record Busy(String path, String problem) implements StoreFailure {
      @Override
      public String message() {
        return line(path, problem);
      }
    }
  }

  /** Which state is stored after a failed write. */
  enum Outcome {
    /** The state before the event, surely, and memory holds the same. */
    OLD,
    /**
     * The state before or after the event. Memory follows what can be read, which a power cut may
     * still take back. The next event sent writes everything anew first.
     */
    UNKNOWN
  }

  private static String line(String path, String problem) {
    return Text.oneLine(path + ": " + problem);
  }

  private static String names(List<EventType> types) {
    return types.stream().map(EventType::wireName).collect(Collectors.joining(", "));
  }
}

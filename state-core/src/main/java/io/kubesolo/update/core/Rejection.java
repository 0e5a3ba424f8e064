package io.kubesolo.update.core;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The reason why an event was not accepted. The state file is unchanged, byte for byte, unless the
 * rejection is a {@link StoreFailure.NotPersisted} with {@link StoreFailure.Outcome#UNKNOWN}.
 *
 * <p>Immutable.
 */
public sealed interface Rejection {
  /** {@return one line that states what was rejected, and why} */
  String message();

  /**
   * The event has no edge in this phase.
   *
   * @param phase the phase
   * @param event the event
   * @param permitted the events that have an edge in this phase, whether or not their guards hold
   */
  record IllegalTransition(Phase phase, UpdateEvent event, List<EventType> permitted)
      implements Rejection {
    @Override
    public String message() {
      return "%s is illegal in %s; permitted: %s".formatted(event.type(), phase, names(permitted));
    }
  }

  /**
   * The event has an edge in this phase, and at least one of its guards failed.
   *
   * @param phase the phase
   * @param event the event
   * @param denials the guards that failed, in the order of the edge, at least one
   * @param permitted the events that have an edge in this phase, whether or not their guards hold
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
          .map(denial -> denial.guard() + " (" + denial.requirement() + ")")
          .collect(Collectors.joining("; ", event.type() + " is denied in " + phase + ": ", "")));
    }

    /** {@return the guards that failed} */
    public List<Guard> guards() {
      return denials.stream().map(Denial::guard).toList();
    }
  }

  /**
   * One guard that failed.
   *
   * @param guard the guard
   * @param state the state that it was evaluated on
   * @param maxAttempts the maximum number of attempts at one version; 0 is no limit
   */
  record Denial(Guard guard, UpdateState state, long maxAttempts) {
    /** {@return what the guard requires of the event, as text with the values of the state} */
    public String requirement() {
      return guard.requirement(state, maxAttempts).getOrElse(guard.ruleName());
    }
  }

  /**
   * The state is no longer at the revision that the caller expected, because another writer
   * changed it.
   *
   * @param event the event
   * @param ifRevision the revision that the caller expected
   * @param state the stored state
   */
  record Stale(UpdateEvent event, long ifRevision, UpdateState state) implements Rejection {
    @Override
    public String message() {
      return "%s is stale: it expects revision %s, and the state is at revision %s (%s)"
          .formatted(event.type(), ifRevision, state.revision(), state.phase());
    }
  }

  /**
   * The event was sent while its own thread handled another event, or by a listener.
   *
   * @param event the event
   */
  record Reentrant(UpdateEvent event) implements Rejection {
    @Override
    public String message() {
      return event.type() + " was sent by a listener, or while this thread processes another event";
    }
  }

  /** The state could not be read or written. */
  sealed interface StoreFailure extends Rejection {
    /**
     * Returns whether the stored content is invalid, so that it can be replaced: a file by its
     * repair, a row of a database by a statement of its operator.
     *
     * @return true if the content is invalid; false if it cannot be accessed, or is not the failure
     */
    default boolean repairable() {
      return false;
    }

    /**
     * The stored state cannot be read, or its content is invalid. It is left as it is.
     *
     * @param path the file, or the row of the database
     * @param problem what is wrong, and where
     * @param repairable true if the content is invalid; false if it cannot be accessed
     */
    record Unreadable(String path, String problem, boolean repairable) implements StoreFailure {
      @Override
      public String message() {
        return line(path, problem);
      }
    }

    /**
     * The next state could not be made durable. The outcome says whether the event was surely not
     * stored or may have been.
     *
     * @param path the file, directory or row of the database that the failure is about
     * @param problem what is wrong, and what to do
     * @param outcome which state is stored now
     */
    record NotPersisted(String path, String problem, Outcome outcome) implements StoreFailure {
      @Override
      public String message() {
        return switch (outcome) {
          case OLD -> line(path, problem) + "; the old state is kept";
          case UNKNOWN ->
            line(path, problem)
                + "; whether the old or the new state survives a power loss is unknown:"
                + " change nothing outside, and send the same event again";
        };
      }
    }

    /**
     * Another writer held the lock until the deadline. Nothing was read or written.
     *
     * @param path the lock file, or the row of the database
     * @param problem how long the lock was held, and what to do
     */
    record Busy(String path, String problem) implements StoreFailure {
      @Override
      public String message() {
        return line(path, problem);
      }
    }
  }

  /** The state that is stored after a failed write. */
  enum Outcome {
    /** The state before the event is stored, and the lifecycle returns the same one. */
    OLD,
    /**
     * The state before or after the event is stored. The lifecycle returns the one that can be
     * read, which a power loss may still revert. The next event rewrites the stored state first.
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

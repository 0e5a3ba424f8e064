package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Explanation;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.List;

/**
 * The state at one moment, and what follows from it.
 *
 * <p>Immutable.
 *
 * @param state what is stored
 * @param now the present moment within this boot; none if the kernel does not report it
 * @param settings limits
 * @param table the edges
 */
public record StatusSnapshot(
    UpdateState state, Option<Boot> now, LifecycleSettings settings, TransitionTable table) {

  /**
   * Returns how long the phase has lasted, by the kernel's uptime; none if it was never updated.
   */
  public Option<Duration> age() {
    boolean fresh = state.revision() == 0 && state.phase() == Phase.IDLE;
    return fresh ? Option.none() : Deadlines.age(state, now);
  }

  /** Returns whether the age is counted from this boot, not from the last event. */
  public boolean isAgeOfBoot() {
    return Rebooted.between(state.boot(), now) != Rebooted.NO;
  }

  /** Returns how long the present phase may last; none if it has no limit. */
  public Option<Duration> limit() {
    return settings.deadlines().limit(state.phase());
  }

  public Option<Overdue> overdue() {
    return settings.deadlines().overdue(state, now);
  }

  /**
   * Returns how many attempts at the target were made, and how many are allowed: {@code 2 of 3}, or
   * {@code 4 (limit 3)} after a forced one.
   */
  public String attempts() {
    long made = state.attemptCount();
    long most = settings.maxAttempts();
    if (most == 0) {
      return made + " (no limit)";
    }
    return made > most ? made + " (limit " + most + ")" : made + " of " + most;
  }

  /** Returns the events that have an edge in the present phase. */
  public List<EventType> permitted() {
    return table.permitted(state.phase());
  }

  /**
   * Returns for each type of event whether it would be accepted now, and if not, or not
   * always, why.
   */
  public List<Explanation> explanations() {
    return Explanation.all(table, state, settings.maxAttempts());
  }
}

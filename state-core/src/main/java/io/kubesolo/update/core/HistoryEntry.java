package io.kubesolo.update.core;

import io.vavr.control.Option;
import java.time.Instant;

/**
 * One accepted event in the {@code history}. The event and the phases are wire names and not enums,
 * because an agent that is older than the writer must keep names that it does not know. Empty
 * optional text counts as absent.
 *
 * @param at when the event was accepted, by the wall clock
 * @param event the event's wire name
 * @param from the phase before it
 * @param to the phase after it
 * @param toVersion the target after it, or none
 * @param error the error of a fail or a rollback, else none
 */
public record HistoryEntry(
    Instant at,
    String event,
    String from,
    String to,
    Option<String> toVersion,
    Option<String> error) {
  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the instant is outside the years 0000 to 9999, a name is
   *     empty, text holds a lone surrogate, or a component is null
   */
  public HistoryEntry {
    UpdateState.requireWritable("at", at);
    UpdateState.requireWellFormed("event", event);
    UpdateState.requireWellFormed("from", from);
    UpdateState.requireWellFormed("to", to);
    if (event.isEmpty() || from.isEmpty() || to.isEmpty()) {
      throw new IllegalArgumentException("a history entry lacks event, from or to");
    }
    toVersion = UpdateState.text("to_version", toVersion);
    error = UpdateState.text("error", error);
  }
}

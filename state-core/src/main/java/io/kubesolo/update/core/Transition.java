package io.kubesolo.update.core;

/**
 * One accepted event, with the states before and after it.
 *
 * @param before the state before the event
 * @param event the event
 * @param after the state after the event
 */
public record Transition(UpdateState before, UpdateEvent event, UpdateState after) {}

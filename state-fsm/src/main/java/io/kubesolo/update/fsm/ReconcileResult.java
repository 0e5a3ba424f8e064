package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Transition;
import io.vavr.control.Option;
import java.util.List;

/**
 * The result of a reconciliation.
 *
 * <p>Immutable.
 *
 * @param applied the events that were accepted, in order; empty if there was nothing to do
 * @param refusal the rejection that ended it early; none if it was completed
 * @param warning what was not decided because it is unknown whether the device booted; none if
 *     everything was decided
 */
public record ReconcileResult(
    List<Transition> applied, Option<Rejection> refusal, Option<String> warning) {}

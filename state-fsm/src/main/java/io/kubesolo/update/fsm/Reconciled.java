package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Transition;
import io.vavr.control.Option;
import java.util.List;

/**
 * What a reconciliation did.
 *
 * @param applied the events that were accepted, in order; empty where there was nothing to do
 * @param refusal why it stopped before its end, or none where it did not
 */
public record Reconciled(List<Transition> applied, Option<Rejection> refusal) {}

package io.kubesolo.update.agent.event;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.WhatIf;
import java.util.ArrayList;
import java.util.List;

/**
 * What events would do one after the other. Nothing is stored.
 *
 * <p>Immutable.
 *
 * @param start the state before the first event
 * @param steps what each event would do, in their order
 */
public record WhatIfChain(UpdateState start, List<WhatIf> steps) {
  /** Copies the steps. */
  public WhatIfChain {
    steps = List.copyOf(steps);
  }

  /** Decides events by an engine, each at the time of its line. */
  public static WhatIfChain of(
      LifecycleEngine engine,
      UpdateState start,
      List<ReplayLine> lines,
      LifecycleSettings settings) {
    List<WhatIf> steps = new ArrayList<>();
    UpdateState state = start;
    for (ReplayLine line : lines) {
      EventContext context = new EventContext(
          line.at().getOrElse(settings.clock()::instant),
          settings.boot().get(),
          settings.maxAttempts());
      WhatIf step = WhatIf.of(engine, state, line.event(), context);
      steps.add(step);
      state = step.after();
    }
    return new WhatIfChain(start, steps);
  }

  /** Returns the state after the last event. */
  public UpdateState end() {
    return steps.isEmpty() ? start : steps.get(steps.size() - 1).after();
  }

  /** Returns whether every event would be accepted. */
  public boolean isAccepted() {
    return steps.stream().allMatch(step -> step.answer().isRight());
  }

  /** Returns the edges that the accepted events would take, in their order. */
  public List<Edge> path() {
    return steps.stream()
        .filter(step -> step.answer().isRight())
        .map(step -> step.edge().get())
        .toList();
  }
}

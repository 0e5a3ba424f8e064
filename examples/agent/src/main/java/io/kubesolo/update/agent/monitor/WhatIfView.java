package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.agent.event.EventText;
import io.kubesolo.update.agent.event.WhatIfChain;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.WhatIfAddress.Field;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.PastState;
import io.kubesolo.update.fsm.WhatIf;
import io.kubesolo.update.fsm.diagram.Diagram;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The data that the page shows about an chain. The engine that decides events computes it
 * from the address and the state file at each request, and nothing is stored.
 *
 * <p>Immutable.
 *
 * @param present the state of the device; none if it cannot be read
 * @param running the version that runs on the device, if it is known
 * @param chain what the events would do
 * @param diagram the picture of the path
 * @param table the edges
 * @param problem what is invalid in the address
 */
record WhatIfView(
    Optional<UpdateState> present,
    Optional<String> running,
    WhatIfChain chain,
    String diagram,
    TransitionTable table,
    Option<String> problem) {
  /**
   * A state of the device's history to start from.
   *
   * @param entry the entry after whose event the device was in the state
   * @param query the query of the address that starts there
   */
  record Past(HistoryEntry entry, String query) {}

  /**
   * Explores the events of an address. Throws if neither the address nor the device has a
   * start state.
   */
  static WhatIfView of(WhatIfAddress address, Observation observation, StatusReader reader)
      throws Failure {
    UpdateState start = address.start().isDefined()
        ? address.start().get()
        : observation.requireState().state();
    WhatIfChain chain = WhatIfChain.of(reader.engine(), start, address.lines(), reader.settings());
    UpdateState end = chain.end();
    return new WhatIfView(
        observation.state().map(StatusSnapshot::state),
        observation.device().flatMap(DeviceStatus::version),
        chain,
        Diagram.of(reader.engine().table()).render(Diagram.Format.SVG, end.phase(), chain.path()),
        reader.engine().table(),
        address.problem());
  }

  /** Returns the state after the last event. */
  UpdateState end() {
    return chain.end();
  }

  /** Returns the last event and its answer; none before the first event. */
  Optional<WhatIf> last() {
    List<WhatIf> steps = chain.steps();
    return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
  }

  /** Returns whether the chain starts from the present state of the device. */
  boolean startsFromThePresent() {
    return present.isPresent() && startFields().equals(WhatIfAddress.fields(present.get()));
  }

  /** Returns the values of the start, which every form and link carries on. */
  List<Field> startFields() {
    return WhatIfAddress.fields(chain.start());
  }

  /** Returns the values of the start and of all events. */
  List<Field> fields() {
    return fields(chain.steps().size());
  }

  private List<Field> fields(int events) {
    List<Field> fields = new ArrayList<>(startFields());
    chain
        .steps()
        .subList(0, events)
        .forEach(step -> fields.addAll(WhatIfAddress.fields(step.event())));
    return fields;
  }

  /** Returns the query of this chain. */
  String query() {
    return query(chain.steps().size());
  }

  /** Returns the query of this chain up to a number of events. */
  String query(int events) {
    return WhatIfAddress.query(fields(events));
  }

  /** Returns the events that have an edge in the last phase. */
  List<EventType> permitted() {
    return table.permitted(end().phase());
  }

  /** Returns the events that have no edge in the last phase. */
  List<EventType> refused() {
    List<EventType> refused = new ArrayList<>(List.of(EventType.values()));
    refused.removeAll(permitted());
    return refused;
  }

  /** Returns where an event leads to, or in which phases it has an edge if it has none here. */
  String outlook(EventType type) {
    return table
        .edge(end().phase(), type)
        .map(edge -> "leads to " + edge.to())
        .getOrElse(() -> "only in " + Page.names(table.legalIn(type)));
  }

  /** Returns whether one more event can be added. */
  boolean isOpen() {
    return chain.steps().size() < WhatIfAddress.MAX_EVENTS;
  }

  /** Returns the initial value of a field in the form of an event. */
  String suggested(EventType type, EventField field) {
    if (field != EventField.RUNNING_VERSION) {
      return "";
    }
    return type == EventType.VERIFY
        ? end().toVersion().getOrElse("")
        : running.orElseGet(() -> end().fromVersion().getOrElse(""));
  }

  /** Returns the states of the history to start from, the newest first. */
  List<Past> past() {
    List<Past> states = new ArrayList<>();
    present.ifPresent(state -> {
      for (int i = 0; i < state.history().size(); i++) {
        HistoryEntry entry = state.history().get(i);
        PastState.after(state, i)
            .forEach(past ->
                states.add(new Past(entry, WhatIfAddress.query(WhatIfAddress.fields(past)))));
      }
    });
    Collections.reverse(states);
    return states;
  }

  /** Returns the values of an event: {@code to_version=v2 running_version=v1}. */
  static String values(UpdateEvent event) {
    return EventText.of(event).substring(event.type().wireName().length()).strip();
  }

  static boolean isAccepted(WhatIf step) {
    return step.answer().isRight();
  }

  /** Returns why an event is refused. */
  static String reason(WhatIf step) {
    return step.answer().getLeft().message();
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.EventType;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.List;

/** The names of events on the command line. */
final class EventNames {
  /** All of them. */
  static final List<String> ALL = all();

  private EventNames() {}

  private static List<String> all() {
    List<String> names = new ArrayList<>();
    for (EventType type : EventType.values()) {
      names.add(type.wireName());
    }
    return List.copyOf(names);
  }

  /** Returns the event of a name, or throws if there is none. */
  static EventType require(String name) throws Failure {
    Option<EventType> type = EventType.ofWireName(name);
    if (type.isEmpty()) {
      throw AgentCommand.wrong("unknown event '" + name + "'" + Suggestion.words(name, ALL)
          + "; the events are " + String.join(", ", ALL));
    }
    return type.get();
  }
}

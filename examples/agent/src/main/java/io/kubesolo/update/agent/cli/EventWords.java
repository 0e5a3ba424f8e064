package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Events as words of a command line: {@code verify running_version=v2 confirm}. */
final class EventWords {
  private static final List<String> FLAG_VALUES = List.of("true", "false");

  private final List<String> words = new ArrayList<>();

  void add(String word) {
    words.add(word);
  }

  boolean isEmpty() {
    return words.isEmpty();
  }

  /** Returns the events at the present time, or throws if a word makes no sense. */
  List<ReplayLine> lines() throws Failure {
    List<ReplayLine> lines = new ArrayList<>();
    int next = 0;
    while (next < words.size()) {
      EventType type = EventNames.require(words.get(next++));
      Map<EventField, String> values = new EnumMap<>(EventField.class);
      while (next < words.size() && words.get(next).contains("=")) {
        put(values, type, words.get(next++));
      }
      lines.add(new ReplayLine(event(type, values), Option.none()));
    }
    return lines;
  }

  private static void put(Map<EventField, String> values, EventType type, String word)
      throws Failure {
    int equals = word.indexOf('=');
    String name = word.substring(0, equals);
    String value = word.substring(equals + 1);
    EventField field = field(type, name);
    boolean flag = field == EventField.FORCE || field == EventField.RETRY;
    if (flag && !FLAG_VALUES.contains(value)) {
      throw AgentCommand.wrong(name + " is true or false, not '" + value + "'");
    }
    if (values.put(field, value) != null) {
      throw AgentCommand.wrong(name + " is given twice to one " + type);
    }
  }

  private static EventField field(EventType type, String name) throws Failure {
    for (EventField field : type.fields()) {
      if (field.wireName().equals(name)) {
        return field;
      }
    }
    List<String> names = new ArrayList<>();
    for (EventField field : type.fields()) {
      names.add(field.wireName());
    }
    throw AgentCommand.wrong(type + " carries no '" + name + "'"
        + (names.isEmpty() ? "" : ", only " + String.join(", ", names)));
  }

  private static UpdateEvent event(EventType type, Map<EventField, String> values) throws Failure {
    Either<String, UpdateEvent> event = UpdateEvent.of(
        type,
        new Values(
            Option.of(values.get(EventField.TO_VERSION)),
            Option.of(values.get(EventField.RUNNING_VERSION)),
            Option.of(values.get(EventField.ERROR)),
            "true".equals(values.get(EventField.FORCE)),
            "true".equals(values.get(EventField.RETRY))));
    if (event.isLeft()) {
      throw AgentCommand.wrong(event.getLeft());
    }
    return event.get();
  }

  /** Returns the words of an event. */
  static String of(UpdateEvent event) {
    Values values = event.values();
    StringJoiner words = new StringJoiner(" ").add(event.type().wireName());
    values.toVersion().forEach(version -> words.add("to_version=" + version));
    values.runningVersion().forEach(version -> words.add("running_version=" + version));
    values.error().forEach(error -> words.add("error=" + error));
    if (values.force()) {
      words.add("force=true");
    }
    if (values.retry()) {
      words.add("retry=true");
    }
    return words.toString();
  }
}

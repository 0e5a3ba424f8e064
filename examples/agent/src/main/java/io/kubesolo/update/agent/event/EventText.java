package io.kubesolo.update.agent.event;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.fsm.WhatIf.GuardResult;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * An event whose values are given as text, by their names in a replay.
 *
 * <p>For use by one thread.
 */
public final class EventText {
  private static final List<String> FLAG_VALUES = List.of("true", "false");

  private final EventType type;
  private final Map<EventField, String> values = new EnumMap<>(EventField.class);

  /** Makes an event of a type, without values yet. */
  public EventText(EventType type) {
    this.type = type;
  }

  /** Sets a value. Throws if the event carries no such value, or has it already. */
  public void put(String name, String value) throws Failure {
    EventField field = field(name);
    if (isFlag(field) && !FLAG_VALUES.contains(value)) {
      throw wrong(name + " is true or false, not '" + value + "'");
    }
    if (values.put(field, value) != null) {
      throw wrong(name + " is given twice to one " + type);
    }
  }

  /** Returns whether a value is either true or false. */
  public static boolean isFlag(EventField field) {
    return field == EventField.FORCE || field == EventField.RETRY;
  }

  private EventField field(String name) throws Failure {
    List<String> names = new ArrayList<>();
    for (EventField field : type.fields()) {
      if (field.wireName().equals(name)) {
        return field;
      }
      names.add(field.wireName());
    }
    throw wrong(type + " carries no '" + name + "'"
        + (names.isEmpty() ? "" : ", only " + String.join(", ", names)));
  }

  /** Returns the event. Throws if a value is missing or invalid. */
  public UpdateEvent event() throws Failure {
    Either<String, UpdateEvent> event = UpdateEvent.of(
        type,
        new Values(
            Option.of(values.get(EventField.TO_VERSION)),
            Option.of(values.get(EventField.RUNNING_VERSION)),
            Option.of(values.get(EventField.ERROR)),
            "true".equals(values.get(EventField.FORCE)),
            "true".equals(values.get(EventField.RETRY))));
    if (event.isLeft()) {
      throw wrong(event.getLeft());
    }
    return event.get();
  }

  private static Failure wrong(String reason) {
    return Failure.of(Failure.Kind.USAGE, reason);
  }

  /** Returns the values of an event by their names, without flags that are false. */
  public static Map<String, String> values(UpdateEvent event) {
    Values values = event.values();
    Map<String, String> texts = new LinkedHashMap<>();
    values.toVersion().forEach(version -> texts.put("to_version", version));
    values.runningVersion().forEach(version -> texts.put("running_version", version));
    values.error().forEach(error -> texts.put("error", error));
    if (values.force()) {
      texts.put("force", "true");
    }
    if (values.retry()) {
      texts.put("retry", "true");
    }
    return texts;
  }

  /** Returns the words of an event: {@code verify running_version=v2}. */
  public static String of(UpdateEvent event) {
    StringJoiner words = new StringJoiner(" ").add(event.type().wireName());
    values(event).forEach((name, value) -> words.add(name + "=" + value));
    return words.toString();
  }

  /** Returns what a guard requires in the state before the event. */
  public static String requirement(GuardResult result) {
    return result.requirement().getOrElse("any value is accepted now");
  }

  /** Returns the values that a guard compares: {@code running_version v2, state.to_version v2}. */
  public static String compared(GuardResult result) {
    return result.values().stream()
        .map(value -> value.name() + " " + orNone(value.text()))
        .collect(Collectors.joining(", "));
  }

  /** Returns a value, or that there is none. */
  public static String orNone(String value) {
    return value.isEmpty() ? "none" : value;
  }
}

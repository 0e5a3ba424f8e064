package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.event.EventText;
import io.kubesolo.update.agent.event.ReplayLine;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An exploration as the query of an address: first the values of the state that it starts from, by
 * their names in the state file, then each event, {@code event=download}, and its values. Empty
 * values are those of fields that were left blank, and are ignored.
 *
 * <p>Immutable.
 *
 * @param start the state before the first event; none if it is the present one of the device
 * @param events the events in their order, up to the first invalid one
 * @param problem what is invalid in the address, in one line
 */
record WhatIfAddress(Option<UpdateState> start, List<UpdateEvent> events, Option<String> problem) {
  static final int MAX_EVENTS = 50;
  static final int MAX_CHARACTERS = 8_000;

  /** An error is only shown, and would otherwise take most of an address. */
  private static final int MAX_ERROR = 200;

  private static final List<String> STATE =
      List.of("phase", "from_version", "to_version", "attempt_count", "last_error");

  /** A name and a value of a query, or of a form. */
  record Field(String name, String value) {
    private static Field parse(String part) {
      int equals = part.indexOf('=');
      return equals < 0
          ? new Field(decoded(part), "")
          : new Field(decoded(part.substring(0, equals)), decoded(part.substring(equals + 1)));
    }

    private static String decoded(String text) {
      return URLDecoder.decode(text, UTF_8);
    }
  }

  /** Copies the events. */
  WhatIfAddress {
    events = List.copyOf(events);
  }

  /** Returns the events without a time of their own. */
  List<ReplayLine> lines() {
    return events.stream().map(event -> new ReplayLine(event, Option.none())).toList();
  }

  /** Parses a query, of which nothing is trusted. */
  static WhatIfAddress parse(String query) {
    if (query.length() > MAX_CHARACTERS) {
      String words = "the address is longer than %,d characters".formatted(MAX_CHARACTERS);
      return new WhatIfAddress(Option.none(), List.of(), Option.some(words));
    }
    Parser parser = new Parser();
    Option<String> problem = Option.none();
    try {
      for (String part : query.split("&", -1)) {
        Field field = Field.parse(part);
        if (!field.value().isEmpty()) {
          parser.add(field);
        }
      }
      parser.end();
    } catch (Failure e) {
      problem = Option.some(e.message());
    }
    return new WhatIfAddress(parser.start, parser.events, problem);
  }

  /**
   * Reads the values one by one.
   *
   * <p>For use by one thread.
   */
  private static final class Parser {
    private final List<UpdateEvent> events = new ArrayList<>();
    private final List<String> rolledBack = new ArrayList<>();
    private final Map<String, String> values = new HashMap<>();
    private Option<UpdateState> start = Option.none();
    private @Nullable EventText event;

    private void add(Field field) throws Failure {
      if (field.name().equals("event")) {
        end();
        event = new EventText(type(field.value()));
      } else if (event != null) {
        event.put(field.name(), field.value());
      } else if (field.name().equals("rolled_back_versions")) {
        rolledBack.add(field.value());
      } else if (!STATE.contains(field.name())) {
        throw Failure.of("a state has no '" + field.name() + "' here, only "
            + String.join(", ", STATE) + ", rolled_back_versions");
      } else if (values.put(field.name(), field.value()) != null) {
        throw Failure.of(field.name() + " is given twice to the state");
      }
    }

    private EventType type(String name) throws Failure {
      if (events.size() == MAX_EVENTS) {
        throw Failure.of("there are more than " + MAX_EVENTS + " events");
      }
      return EventType.ofWireName(name)
          .getOrElseThrow(() -> Failure.of("unknown event '" + name + "'"));
    }

    /** Ends the state, or the event, whose values are complete. */
    private void end() throws Failure {
      if (event != null) {
        events.add(event.event());
      } else if (!values.isEmpty() || !rolledBack.isEmpty()) {
        start = Option.some(state());
      }
    }

    private UpdateState state() throws Failure {
      if (rolledBack.size() > Action.MAX_ROLLED_BACK_VERSIONS) {
        throw Failure.of(
            "there are more than " + Action.MAX_ROLLED_BACK_VERSIONS + " rolled_back_versions");
      }
      String phase = values.getOrDefault("phase", "");
      return UpdateState.builder()
          .phase(Phase.ofWireName(phase)
              .getOrElseThrow(() -> Failure.of("unknown phase '" + phase + "'")))
          .fromVersion(Option.of(values.get("from_version")))
          .toVersion(Option.of(values.get("to_version")))
          .lastError(Option.of(values.get("last_error")))
          .attemptCount(count(values.getOrDefault("attempt_count", "0")))
          .rolledBackVersions(rolledBack)
          .build();
    }

    private static long count(String digits) throws Failure {
      try {
        long count = Long.parseLong(digits);
        if (count >= 0) {
          return count;
        }
      } catch (NumberFormatException e) {
        // It is reported as a negative number is.
      }
      throw Failure.of("attempt_count is a number from 0 on, not '" + digits + "'");
    }
  }

  /** Returns the values of a state with which a query starts. */
  static List<Field> fields(UpdateState state) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("phase", state.phase().wireName()));
    state.fromVersion().forEach(version -> fields.add(new Field("from_version", version)));
    state.toVersion().forEach(version -> fields.add(new Field("to_version", version)));
    if (state.attemptCount() > 0) {
      fields.add(new Field("attempt_count", Long.toString(state.attemptCount())));
    }
    state
        .rolledBackVersions()
        .forEach(version -> fields.add(new Field("rolled_back_versions", version)));
    state.lastError().forEach(error -> fields.add(new Field("last_error", cut(error))));
    return fields;
  }

  private static String cut(String error) {
    return error.codePointCount(0, error.length()) <= MAX_ERROR
        ? error
        : error.substring(0, error.offsetByCodePoints(0, MAX_ERROR)) + "…";
  }

  /** Returns an event and its values in a query. */
  static List<Field> fields(UpdateEvent event) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("event", event.type().wireName()));
    EventText.values(event).forEach((name, value) -> fields.add(new Field(name, value)));
    return fields;
  }

  static String query(List<Field> fields) {
    return fields.stream()
        .map(field -> field.name() + "=" + URLEncoder.encode(field.value(), UTF_8))
        .collect(Collectors.joining("&"));
  }
}

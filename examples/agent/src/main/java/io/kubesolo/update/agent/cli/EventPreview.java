package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.VersionSyntax;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.fsm.Explanation;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;

/** Values that guards are asked about, without sending an event. */
final class EventPreview {
  Option<String> toVersion = Option.none();
  Option<String> runningVersion = Option.none();
  boolean force;

  /** What is wrong with the values; none where they can be what events carry. */
  Option<String> problem() {
    return toVersion
        .filter(ignored -> runningVersion.isEmpty())
        .map(ignored -> "--to-version needs --running-version beside it")
        .orElse(() -> invalid(toVersion, "--to-version"))
        .orElse(() -> invalid(runningVersion, "--running-version"));
  }

  private static Option<String> invalid(Option<String> version, String name) {
    return version
        .flatMap(text -> VersionSyntax.checked(text).swap().toOption())
        .map(problem -> problem.replace("\"version\"", name));
  }

  /** The guards that would say no; none where the values do not make an event of that type. */
  Option<List<Denial>> judge(Explanation explanation, StatusSnapshot standing) {
    return explanation
        .edge()
        .filter(edge -> !edge.guards().isEmpty())
        .flatMap(edge -> event(edge.event())
            .map(event -> edge.denials(standing.state(), event, context(standing))));
  }

  private Option<UpdateEvent> event(EventType type) {
    Either<String, UpdateEvent> event =
        UpdateEvent.of(type, new Values(toVersion, runningVersion, Option.none(), force));
    return event.toOption();
  }

  private static EventContext context(StatusSnapshot standing) {
    return new EventContext(Instant.EPOCH, standing.now(), standing.settings().maxAttempts());
  }

  /** The values that an event of that type carries: {@code to_version v2, running_version v1}. */
  String words(EventType type) {
    StringJoiner words = new StringJoiner(", ");
    for (EventField field : type.fields()) {
      value(field).forEach(value -> words.add(field.wireName() + " " + value));
    }
    return words.toString();
  }

  private Option<String> value(EventField field) {
    return switch (field) {
      case TO_VERSION -> toVersion;
      case RUNNING_VERSION -> runningVersion;
      case FORCE -> Option.when(force, "true");
      case ERROR -> Option.none();
    };
  }
}

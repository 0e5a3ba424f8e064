package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.VersionSyntax;
import io.kubesolo.update.agent.io.Failure;
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

/** What the guards answer to an event with given values, which is not sent. */
final class EventPreview {
  Option<String> toVersion = Option.none();
  Option<String> runningVersion = Option.none();
  boolean force;

  /** Throws if no event can carry the values. */
  void validate() throws Failure {
    if (toVersion.isDefined() && runningVersion.isEmpty()) {
      throw AgentCommand.wrong("--to-version also needs --running-version");
    }
    if (toVersion.isDefined()) {
      requireVersion("--to-version", toVersion.get());
    }
    if (runningVersion.isDefined()) {
      requireVersion("--running-version", runningVersion.get());
    }
  }

  private static void requireVersion(String option, String version) throws Failure {
    try {
      VersionSyntax.require(option, version);
    } catch (Failure e) {
      throw AgentCommand.wrong(e.message());
    }
  }

  /** Returns the guards that deny the event; none if the values are not those of such an event. */
  Option<List<Denial>> judge(Explanation explanation, StatusSnapshot snapshot) {
    return explanation
        .edge()
        .filter(edge -> !edge.guards().isEmpty())
        .flatMap(edge -> event(edge.event())
            .map(event -> edge.denials(snapshot.state(), event, context(snapshot))));
  }

  private Option<UpdateEvent> event(EventType type) {
    Either<String, UpdateEvent> event =
        UpdateEvent.of(type, new Values(toVersion, runningVersion, Option.none(), force));
    return event.toOption();
  }

  private static EventContext context(StatusSnapshot snapshot) {
    return new EventContext(Instant.EPOCH, snapshot.now(), snapshot.settings().maxAttempts());
  }

  /**
   * Returns the values that an event of that type carries: {@code to_version v2, running_version
   * v1}.
   */
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
      case ERROR, RETRY -> Option.none();
    };
  }
}

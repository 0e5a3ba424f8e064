package io.kubesolo.update.agent.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateJson;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.util.List;

/** The answer to an event, as one line of JSON. */
final class JsonAnswer {
  private JsonAnswer() {}

  /** Returns the line, or none if the event was not decided because the store failed. */
  static Option<String> of(Either<Rejection, UpdateState> answer, UpdateLifecycle lifecycle) {
    if (answer.isRight()) {
      return Option.some(JsonLine.object(json -> {
        json.writeBooleanField("accepted", true);
        writeState(json, answer.get());
      }));
    }
    Rejection rejection = answer.getLeft();
    List<Guard> guards = rejection instanceof GuardDenied denied ? denied.guards() : List.of();
    Option<String> reason = reason(rejection);
    return reason.isEmpty()
        ? Option.none()
        : Option.some(rejected(reason.get(), guards, lifecycle));
  }

  /** Returns the answer to a line that is not an event. */
  static String invalid(UpdateLifecycle lifecycle) {
    return rejected("invalid_event", List.of(), lifecycle);
  }

  private static Option<String> reason(Rejection rejection) {
    if (rejection instanceof IllegalTransition) {
      return Option.some("illegal_transition");
    }
    if (rejection instanceof GuardDenied) {
      return Option.some("guard_denied");
    }
    return rejection instanceof Stale ? Option.some("stale") : Option.none();
  }

  private static String rejected(String reason, List<Guard> guards, UpdateLifecycle lifecycle) {
    UpdateState state = lifecycle.state();
    List<EventType> permitted = lifecycle.table().permitted(state.phase());
    return JsonLine.object(json -> {
      json.writeBooleanField("accepted", false);
      json.writeStringField("reason", reason);
      JsonLine.texts(json, "guards", guards.stream().map(Guard::ruleName).toList());
      JsonLine.texts(
          json, "permitted", permitted.stream().map(EventType::wireName).toList());
      writeState(json, state);
    });
  }

  private static void writeState(JsonGenerator json, UpdateState state) throws IOException {
    json.writeFieldName("state");
    json.writeRawValue(StateJson.brief(state));
  }
}

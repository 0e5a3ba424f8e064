package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.JsonObject;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The answer to an event, as one line of JSON. */
final class JsonAnswer {
  private JsonAnswer() {}

  /** Returns the line, or none if the event was not decided because the store failed. */
  static Option<String> of(Either<Rejection, UpdateState> answer, UpdateLifecycle lifecycle) {
    if (answer.isRight()) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("accepted", true);
      return Option.some(write(members, answer.get()));
    }
    Rejection rejection = answer.getLeft();
    List<Guard> guards = rejection instanceof GuardDenied denied ? denied.guards() : List.of();
    return reason(rejection).map(reason -> rejected(reason, guards, lifecycle));
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
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("accepted", false);
    members.put("reason", reason);
    members.put("guards", guards.stream().map(Guard::ruleName).toList());
    members.put("permitted", permitted.stream().map(EventType::wireName).toList());
    return write(members, state);
  }

  private static String write(Map<String, Object> members, UpdateState state) {
    return JsonObject.write(members, "state", StateJson.brief(state));
  }
}

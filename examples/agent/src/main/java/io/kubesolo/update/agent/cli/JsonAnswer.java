package io.kubesolo.update.agent.cli;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.StateJson;
import io.vavr.control.Option;
import java.util.List;
import java.util.stream.Collectors;

/** One line of JSON that says what became of an event. */
final class JsonAnswer {
  private JsonAnswer() {}

  static String accepted(UpdateState state) {
    return "{\"accepted\":true,\"state\":" + StateJson.brief(state) + "}";
  }

  /** The line for an event that the machine refused; none where it was not even asked. */
  static Option<String> rejected(Rejection rejection, TransitionTable table, UpdateState state) {
    return reason(rejection)
        .map(reason -> refused(
            reason,
            rejection instanceof GuardDenied denied ? denied.guards() : List.of(),
            table,
            state));
  }

  static String invalid(TransitionTable table, UpdateState state) {
    return refused("invalid_event", List.of(), table, state);
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

  private static String refused(
      String reason, List<Guard> guards, TransitionTable table, UpdateState state) {
    return "{\"accepted\":false,\"reason\":\"%s\",\"guards\":%s,\"permitted\":%s,\"state\":%s}"
        .formatted(
            reason,
            names(guards.stream().map(Guard::ruleName).toList()),
            names(
                table.permitted(state.phase()).stream().map(EventType::wireName).toList()),
            StateJson.brief(state));
  }

  private static String names(List<String> names) {
    return names.stream()
        .collect(Collectors.joining("\",\"", "[\"", "\"]"))
        .replace("[\"\"]", "[]");
  }
}

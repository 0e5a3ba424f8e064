package io.kubesolo.update.agent;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Explanation;
import java.util.List;
import java.util.stream.Collectors;

/** Says for each event whether it is permitted now, and if not, or not always, why. */
final class EventsCommand extends AgentCommand {
  private boolean json;

  EventsCommand(Main main) {
    super(main, "Says for each event whether it is permitted now, or why not.");
    syntax
        .flag("--json", () -> json = true, "Print an array of objects.")
        .example("  update-agent events");
  }

  @Override
  public Integer call() {
    return main.read().map(loaded -> loaded.state()).fold(main::fail, state -> {
      print(state);
      return ExitCode.OK;
    });
  }

  private void print(UpdateState state) {
    List<Explanation> explanations = main.standing(state).explanations();
    if (json) {
      main.output.line(json(explanations));
    } else {
      explanations.forEach(
          explanation -> main.output.line(Output.oneLine(line(explanation, state.phase()))));
    }
  }

  private static String line(Explanation explanation, Phase phase) {
    String verdict = explanation
        .edge()
        .map(edge -> "permitted, to " + edge.to() + conditions(explanation.conditions()))
        .getOrElse(() -> "not in " + phase + ", only in " + phases(explanation.legalIn()));
    return "%-12s %s".formatted(explanation.event(), verdict);
  }

  private static String conditions(List<Denial> conditions) {
    return conditions.isEmpty()
        ? ""
        : conditions.stream()
            .map(condition -> condition.guard() + " (" + condition.demand() + ")")
            .collect(Collectors.joining("; ", " if ", ""));
  }

  private static String phases(List<Phase> phases) {
    return phases.stream().map(Phase::wireName).collect(Collectors.joining(", "));
  }

  private static String json(List<Explanation> explanations) {
    ArrayNode array = new JsonMapper().createArrayNode();
    for (Explanation explanation : explanations) {
      ObjectNode event = array.addObject();
      event.put("event", explanation.event().wireName());
      event.put("permitted", explanation.edge().isDefined());
      explanation.edge().forEach(edge -> event.put("to", edge.to().wireName()));
      ArrayNode conditions = event.putArray("conditions");
      for (Denial condition : explanation.conditions()) {
        conditions
            .addObject()
            .put("guard", condition.guard().ruleName())
            .put("demand", condition.demand());
      }
      ArrayNode legalIn = event.putArray("legal_in");
      explanation.legalIn().forEach(phase -> legalIn.add(phase.wireName()));
    }
    return array.toString();
  }
}

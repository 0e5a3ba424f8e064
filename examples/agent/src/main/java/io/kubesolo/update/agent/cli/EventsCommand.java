package io.kubesolo.update.agent.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.fsm.Explanation;
import io.vavr.control.Option;
import java.util.List;
import java.util.stream.Collectors;

/** Says for each event whether it is permitted now, and if not, or not always, why. */
final class EventsCommand extends AgentCommand {
  private final EventPreview preview = new EventPreview();
  private boolean json;

  EventsCommand(CommandContext context) {
    super(
        context,
        "Lists for each event whether it is permitted now, or why not.",
        "With versions, the guards are evaluated; without them, the requirement of each guard",
        "is listed.");
    syntax
        .option(
            "--to-version",
            "V",
            String.class,
            version -> preview.toVersion = Option.some(version),
            "The target version of a download.")
        .option(
            "--running-version",
            "V",
            String.class,
            version -> preview.runningVersion = Option.some(version),
            "The version that runs (download, verify).")
        .flag("--force", () -> preview.force = true, "Evaluate a forced download.")
        .flag("--json", () -> json = true, "Print a JSON array of objects.")
        .example(
            "  update-agent events", "  update-agent events --to-version v2 --running-version v1");
  }

  @Override
  public Integer call() throws Failure {
    try {
      preview.validate();
    } catch (Failure e) {
      throw wrong(e.message());
    }
    StatusSnapshot snapshot = context.status();
    if (json) {
      return done(json(snapshot));
    }
    for (Explanation each : snapshot.explanations()) {
      context.output.line(OneLine.of(line(each, snapshot)));
    }
    return ExitCode.OK;
  }

  private String line(Explanation explanation, StatusSnapshot snapshot) {
    return "%-12s %s".formatted(explanation.event(), verdict(explanation, snapshot));
  }

  private String verdict(Explanation explanation, StatusSnapshot snapshot) {
    if (explanation.edge().isEmpty()) {
      return "not in " + snapshot.state().phase() + ", only in " + phases(explanation.legalIn());
    }
    String permitted = "permitted, to " + explanation.edge().get().to();
    Option<List<Denial>> judged = preview.judge(explanation, snapshot);
    if (judged.isEmpty()) {
      return explanation.conditions().isEmpty()
          ? permitted
          : permitted + " if " + guards(explanation.conditions());
    }
    return (judged.get().isEmpty() ? permitted : "denied by " + guards(judged.get()))
        + ", with "
        + preview.words(explanation.event());
  }

  private static String guards(List<Denial> denials) {
    return denials.stream()
        .map(denial -> denial.guard() + " (" + denial.requirement() + ")")
        .collect(Collectors.joining("; "));
  }

  private static String phases(List<Phase> phases) {
    return phases.stream().map(Phase::wireName).collect(Collectors.joining(", "));
  }

  private String json(StatusSnapshot snapshot) {
    ArrayNode array = new JsonMapper().createArrayNode();
    for (Explanation explanation : snapshot.explanations()) {
      Option<List<Denial>> judged = preview.judge(explanation, snapshot);
      ObjectNode event = array.addObject();
      event.put("event", explanation.event().wireName());
      event.put("permitted", explanation.edge().isDefined() && judged.forAll(List::isEmpty));
      explanation.edge().forEach(edge -> event.put("to", edge.to().wireName()));
      addGuards(event.putArray("conditions"), explanation.conditions());
      judged.forEach(denials -> addGuards(event.putArray("denied_by"), denials));
      ArrayNode legalIn = event.putArray("legal_in");
      explanation.legalIn().forEach(phase -> legalIn.add(phase.wireName()));
    }
    return array.toString();
  }

  private static void addGuards(ArrayNode array, List<Denial> denials) {
    for (Denial denial : denials) {
      array.addObject().put("guard", denial.guard().ruleName()).put("demand", denial.requirement());
    }
  }
}

package io.kubesolo.update.agent.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.agent.monitor.DeviceJson;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.fsm.Explanation;
import io.vavr.control.Option;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Lists for each event whether it is permitted now, and if not, or not always, why. */
final class EventsCommand extends AgentCommand {
  private static final int EVENT_COLUMNS = 13;

  private final EventPreview preview = new EventPreview();
  private boolean json;

  EventsCommand(CommandContext context) {
    super(
        context,
        "Lists for each event whether it is permitted now, or why not.",
        "With versions, the guards are evaluated; without them, the requirement of each guard",
        "is listed. On a device, activate also shows what the update waits for.");
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
    preview.validate();
    StatusSnapshot snapshot = context.status();
    context.warnIfMissing();
    Option<List<ActivationWait>> waits =
        context.device().flatMap(dir -> DeviceView.waits(dir, snapshot.state()));
    if (isJson(json)) {
      context.output.json(json(snapshot, waits));
      return ExitCode.OK;
    }
    for (Explanation each : snapshot.explanations()) {
      String event = each.event().wireName();
      String words = verdict(each, snapshot) + (isActivate(each) ? delay(snapshot, waits) : "");
      context.output.row(event, EVENT_COLUMNS, words, null);
    }
    return ExitCode.OK;
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

  private static boolean isActivate(Explanation explanation) {
    return explanation.event() == EventType.ACTIVATE;
  }

  /** Returns what an unattended device waits for before the step that comes next. */
  private static String delay(StatusSnapshot snapshot, Option<List<ActivationWait>> waits) {
    List<ActivationWait> all = waits.getOrElse(List.of());
    if (all.isEmpty()) {
      return "";
    }
    String step = snapshot.state().phase() == Phase.STAGED ? "activate" : "reboot";
    return all.stream()
        .map(ActivationWait::words)
        .collect(Collectors.joining("; ", "; run does not " + step + " now: ", ""));
  }

  private static String guards(List<Denial> denials) {
    return denials.stream()
        .map(denial -> denial.guard() + " (" + denial.requirement() + ")")
        .collect(Collectors.joining("; "));
  }

  private static String phases(List<Phase> phases) {
    return phases.stream().map(Phase::wireName).collect(Collectors.joining(", "));
  }

  private String json(StatusSnapshot snapshot, Option<List<ActivationWait>> waits) {
    return JsonLine.array(json -> {
      for (Explanation explanation : snapshot.explanations()) {
        json.writeStartObject();
        write(json, explanation, preview.judge(explanation, snapshot));
        if (isActivate(explanation) && waits.isDefined()) {
          DeviceJson.write(json, waits.get());
        }
        json.writeEndObject();
      }
    });
  }

  private static void write(
      JsonGenerator json, Explanation explanation, Option<List<Denial>> judged) throws IOException {
    json.writeStringField("event", explanation.event().wireName());
    json.writeBooleanField(
        "permitted", explanation.edge().isDefined() && judged.forAll(List::isEmpty));
    if (explanation.edge().isDefined()) {
      json.writeStringField("to", explanation.edge().get().to().wireName());
    }
    writeGuards(json, "conditions", explanation.conditions());
    if (judged.isDefined()) {
      writeGuards(json, "denied_by", judged.get());
    }
    JsonLine.texts(
        json, "legal_in", explanation.legalIn().stream().map(Phase::wireName).toList());
  }

  private static void writeGuards(JsonGenerator json, String key, List<Denial> denials)
      throws IOException {
    json.writeArrayFieldStart(key);
    for (Denial denial : denials) {
      json.writeStartObject();
      json.writeStringField("guard", denial.guard().ruleName());
      json.writeStringField("requirement", denial.requirement());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}

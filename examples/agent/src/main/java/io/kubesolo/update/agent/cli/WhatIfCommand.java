package io.kubesolo.update.agent.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.agent.event.EventText;
import io.kubesolo.update.agent.event.ReplayLine;
import io.kubesolo.update.agent.event.Transcript;
import io.kubesolo.update.agent.event.WhatIfChain;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.PastState;
import io.kubesolo.update.fsm.WhatIf;
import io.kubesolo.update.fsm.WhatIf.ActionResult;
import io.kubesolo.update.fsm.WhatIf.Change;
import io.kubesolo.update.fsm.WhatIf.GuardResult;
import io.kubesolo.update.fsm.WhatIf.Value;
import io.kubesolo.update.persist.StateJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows what events would do to the present state, guard by guard and action by action. */
final class WhatIfCommand extends AgentCommand {
  private static final int INDENT = 2;
  private static final int NAME_COLUMNS = 26;

  /** The least width of a terminal for two columns. */
  private static final int COLUMNS = 72;

  private final EventWords words = new EventWords();
  private boolean fresh;
  private @Nullable Integer from;
  private boolean asReplay;
  private boolean asTranscript;
  private @Nullable Path file;

  WhatIfCommand(CommandContext context) {
    super(
        context,
        "Shows what events would do to the present state, and sends none of them.",
        "Exit code 0 means that all of them would be accepted.",
        "The page /what-if of serve shows the same.");
    syntax
        .words(
            "EVENT [NAME=VALUE]...",
            EventNames.ALL,
            words::add,
            "Events in their order, each followed by its values: to_version,",
            "running_version, error, force, retry.")
        .option(
            "--file",
            "FILE",
            Path.class,
            path -> file = path,
            "Read the events from lines of JSON, as replay does; - is standard input.")
        .flag("--fresh", () -> fresh = true, "Start from a fresh device, not from the state file.")
        .option(
            "--from",
            "N",
            Integer.class,
            number -> from = number,
            "Start from the state after the N-th newest entry of the history,",
            "as far as the history records it; 1 is the newest.")
        .flag("--as-replay", () -> asReplay = true, "Print the events as lines for replay.")
        .flag(
            "--as-transcript",
            () -> asTranscript = true,
            "Print the events and their answers as a transcript,",
            "which is a test of state-fsm.")
        .example(
            "  update-agent what-if rollback error='no network'",
            "  update-agent what-if download to_version=v2 running_version=v1 stage activate");
  }

  @Override
  public Integer call() throws Failure {
    List<ReplayLine> lines = file == null ? words.lines() : read(file);
    if (lines.isEmpty() || (file != null && !words.isEmpty())) {
      throw wrong("needs events, or a --file of them");
    }
    if (asReplay && asTranscript) {
      throw wrong("--as-replay and --as-transcript exclude each other");
    }
    if (asReplay) {
      lines.forEach(line -> context.output.json(ReplayLine.text(line.event())));
      return ExitCode.OK;
    }
    UpdateState start = start();
    if (asTranscript) {
      context.output.text(Transcript.of(context.newEngine(), start, lines, context.settings()));
      return ExitCode.OK;
    }
    WhatIfChain chain = WhatIfChain.of(context.newEngine(), start, lines, context.settings());
    if (context.isJson()) {
      context.output.json(json(chain));
    } else {
      print(chain);
    }
    return chain.isAccepted() ? ExitCode.OK : ExitCode.REJECTED;
  }

  private UpdateState start() throws Failure {
    if (fresh && from != null) {
      throw wrong("--fresh and --from exclude each other");
    }
    if (fresh) {
      return UpdateState.fresh(Instant.now());
    }
    UpdateState present = context.read();
    return from == null ? present : past(present, from);
  }

  private UpdateState past(UpdateState present, int entry) throws Failure {
    int entries = present.history().size();
    if (entry < 1 || entry > entries) {
      throw wrong("--from " + entry + ": the history of " + context.statePath() + " has "
          + (entries == 0 ? "no entries" : "the entries 1 to " + entries));
    }
    int index = entries - entry;
    return PastState.after(present, index)
        .getOrElseThrow(() -> Failure.at(
            context.statePath(),
            "the phase '" + present.history().get(index).to() + "' of the history is not known"));
  }

  private List<ReplayLine> read(Path source) throws Failure {
    List<ReplayLine> events = new ArrayList<>();
    try (InputStream in = input(source)) {
      LineReader lines = new LineReader(new BufferedInputStream(in));
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        int number = events.size() + 1;
        events.add(ReplayLine.parse(line)
            .mapLeft(LineReader::problem)
            .getOrElseThrow(
                why -> Failure.at(source, "line " + number + " is not an event: " + why)));
      }
      return events;
    } catch (IOException e) {
      throw unreadable(source, e);
    }
  }

  private void print(WhatIfChain chain) {
    context.output.row("from", "from ".length(), source() + ": " + inWords(chain.start()), null);
    chain.steps().forEach(this::print);
    context.output.line("nothing was sent");
  }

  private String source() {
    if (fresh) {
      return "a fresh device";
    }
    String file = context.statePath().toAbsolutePath().toString();
    return from == null ? file : "entry " + from + " of the history in " + file;
  }

  private void print(WhatIf step) {
    context.output.line("");
    context.output.styledLine(context.output.styled(Style.BOLD, EventText.of(step.event())));
    if (step.answer().isRight()) {
      line("accepted", "", Messages.step(step.before(), step.event(), step.after()), Style.GREEN);
    } else {
      line("refused", "", reason(step), Style.RED);
    }
    step.guards().forEach(this::print);
    step.actions().forEach(this::print);
  }

  private static String reason(WhatIf step) {
    Rejection rejection = step.answer().getLeft();
    return rejection instanceof IllegalTransition
        ? rejection.message()
        : "stays " + inWords(step.before());
  }

  private void print(GuardResult result) {
    line(
        "guard",
        result.guard().ruleName(),
        (result.holds() ? "holds: " : "fails: ")
            + EventText.requirement(result)
            + " (" + EventText.compared(result) + ")",
        result.holds() ? null : Style.RED);
  }

  private void print(ActionResult result) {
    String changes = result.changes().stream()
        .map(change -> "%s: %s -> %s"
            .formatted(
                change.field(),
                EventText.orNone(change.before()),
                EventText.orNone(change.after())))
        .collect(Collectors.joining("; "));
    line("action", result.action().ruleName(), changes.isEmpty() ? "no change" : changes, null);
  }

  private void line(String kind, String name, String value, @Nullable Style style) {
    String term = " ".repeat(INDENT) + (kind + " " + name).strip();
    int width = context.output.terminal().width();
    if (width == 0 || width >= COLUMNS) {
      context.output.row(term, INDENT + NAME_COLUMNS, value, style);
    } else {
      context.output.line(term);
      context.output.row("", 2 * INDENT, value, style);
    }
  }

  private static String inWords(UpdateState state) {
    return state.phase()
        + state.toVersion().map(version -> " " + version).getOrElse("")
        + ", attempt count "
        + state.attemptCount()
        + ", revision "
        + (state.revision() == 0 && !state.history().isEmpty() ? "not known" : state.revision());
  }

  private static String json(WhatIfChain chain) {
    return JsonLine.object(json -> {
      json.writeFieldName("start");
      json.writeRawValue(StateJson.brief(chain.start()));
      json.writeArrayFieldStart("steps");
      for (WhatIf step : chain.steps()) {
        write(json, step);
      }
      json.writeEndArray();
    });
  }

  private static void write(JsonGenerator json, WhatIf step) throws IOException {
    json.writeStartObject();
    json.writeFieldName("event");
    json.writeRawValue(ReplayLine.text(step.event()));
    json.writeBooleanField("accepted", step.answer().isRight());
    if (step.answer().isLeft()) {
      json.writeStringField("reason", step.answer().getLeft().message());
    }
    json.writeArrayFieldStart("guards");
    for (GuardResult result : step.guards()) {
      json.writeStartObject();
      json.writeStringField("guard", result.guard().ruleName());
      json.writeBooleanField("holds", result.holds());
      if (result.requirement().isDefined()) {
        json.writeStringField("requirement", result.requirement().get());
      }
      json.writeObjectFieldStart("values");
      for (Value value : result.values()) {
        json.writeStringField(value.name(), value.text());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("changes");
    for (ActionResult result : step.actions()) {
      for (Change change : result.changes()) {
        write(json, result, change);
      }
    }
    json.writeEndArray();
    json.writeFieldName("state");
    json.writeRawValue(StateJson.brief(step.after()));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, ActionResult result, Change change)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("action", result.action().ruleName());
    json.writeStringField("field", change.field());
    json.writeStringField("before", change.before());
    json.writeStringField("after", change.after());
    json.writeEndObject();
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.cli.Syntax.Flag;
import io.kubesolo.update.agent.cli.Syntax.Value;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.TransitionRecorder;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** Sends one event. */
final class SendCommand extends AgentCommand {
  private final Value<String> event = new Value<>();
  private final Value<String> toVersion = new Value<>();
  private final Value<String> runningVersion = new Value<>();
  private final Value<String> error = new Value<>();
  private final Flag force = new Flag();
  private final Flag retry = new Flag();
  private final Value<Long> ifRevision = new Value<>();
  private final Flag json = new Flag();

  SendCommand(CommandContext context) {
    super(context, "Sends one event; exit code 0 means that it is durable.");
    syntax
        .parameter(
            "EVENT",
            EventNames.ALL,
            event,
            "check, no_update, download, stage, activate,",
            "verify, confirm, fail, rollback, cancel or acknowledge.")
        .option(
            "--to-version", "V", String.class, toVersion, "The version to update to (download).")
        .option(
            "--running-version",
            "V",
            String.class,
            runningVersion,
            "The version that runs now (download, verify).")
        .option("--error", "TEXT", String.class, error, "What went wrong (fail, rollback).")
        .flag(
            "--force",
            force,
            "Install the version although it was rolled back or has no attempts left (download).")
        .flag(
            "--retry",
            retry,
            "Allow the version to be installed again, because it is not the cause (rollback).")
        .option(
            "--if-revision",
            "N",
            Long.class,
            ifRevision,
            "Send only if the state is still at this revision.")
        .flag("--json", json, "Answer in one line of JSON, as replay does.")
        .example("  update-agent send download --to-version v1.1 --running-version v1.0");
  }

  @Override
  public Integer call() throws Failure {
    UpdateEvent parsed = parse();
    boolean inJson = isJson(json.isGiven());
    TransitionRecorder store = new TransitionRecorder(context.file());
    try (UpdateLifecycle lifecycle = context.open(store)) {
      Long revision = ifRevision.get();
      Either<Rejection, UpdateState> answer =
          revision == null ? lifecycle.send(parsed) : lifecycle.send(parsed, revision);
      if (inJson) {
        JsonAnswer.of(answer, lifecycle).forEach(context.output::answer);
      }
      UpdateState after = Failure.orThrow(answer);
      return inJson ? ExitCode.OK : done(store.line(parsed, after));
    }
  }

  private UpdateEvent parse() throws Failure {
    EventType type = EventNames.require(event.getOrElse(""));
    for (EventField field : EventField.values()) {
      if (isGiven(field) && !type.fields().contains(field)) {
        throw wrong(withOptionNames(type + " carries no " + field));
      }
    }
    Values values = new Values(
        Option.of(toVersion.get()),
        Option.of(runningVersion.get()),
        Option.of(error.get()),
        force.isGiven(),
        retry.isGiven());
    Either<String, UpdateEvent> made = UpdateEvent.of(type, values);
    if (made.isLeft()) {
      throw wrong(withOptionNames(made.getLeft()));
    }
    return made.get();
  }

  private boolean isGiven(EventField field) {
    return switch (field) {
      case TO_VERSION -> toVersion.get() != null;
      case RUNNING_VERSION -> runningVersion.get() != null;
      case ERROR -> error.get() != null;
      case FORCE -> force.isGiven();
      case RETRY -> retry.isGiven();
    };
  }

  private static String withOptionNames(String reason) {
    String text = reason;
    for (EventField field : EventField.values()) {
      String option = "--" + field.wireName().replace('_', '-');
      text = text.replaceFirst("\\b" + field.wireName() + "\\b", option);
    }
    return text;
  }
}

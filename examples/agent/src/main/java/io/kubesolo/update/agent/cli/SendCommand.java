package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;
import org.jspecify.annotations.Nullable;

/** Sends one event. */
final class SendCommand extends AgentCommand {
  private String event = "";

  private @Nullable String toVersion;

  private @Nullable String runningVersion;

  private @Nullable String error;

  private boolean force;

  private boolean retry;

  private @Nullable Long ifRevision;

  private boolean json;

  SendCommand(CommandContext context) {
    super(context, "Sends one event; exit code 0 means that it is durable.");
    syntax
        .parameter(
            "EVENT",
            EventNames.ALL,
            name -> event = name,
            "check, no_update, download, stage, activate,",
            "verify, confirm, fail, rollback, cancel or acknowledge.")
        .option(
            "--to-version",
            "V",
            String.class,
            v -> toVersion = v,
            "The version to update to (download).")
        .option(
            "--running-version",
            "V",
            String.class,
            v -> runningVersion = v,
            "The version that runs now (download, verify).")
        .option(
            "--error",
            "TEXT",
            String.class,
            text -> error = text,
            "What went wrong (fail, rollback).")
        .flag(
            "--force",
            () -> force = true,
            "Install the version although it was rolled back or has no attempts left (download).")
        .flag(
            "--retry",
            () -> retry = true,
            "The version is not to blame and may be installed again (rollback).")
        .option(
            "--if-revision",
            "N",
            Long.class,
            n -> ifRevision = n,
            "Send only if the state is still at this revision.")
        .flag("--json", () -> json = true, "Answer in one line of JSON, as replay does.")
        .example("  update-agent send download --to-version v1.1 --running-version v1.0");
  }

  @Override
  public Integer call() throws Failure {
    UpdateEvent parsed = parse();
    boolean inJson = isJson(json);
    try (UpdateLifecycle lifecycle = context.open()) {
      UpdateState before = lifecycle.state();
      Either<Rejection, UpdateState> answer =
          ifRevision == null ? lifecycle.send(parsed) : lifecycle.send(parsed, ifRevision);
      if (inJson) {
        JsonAnswer.of(answer, lifecycle).forEach(context.output::json);
      }
      UpdateState after = Failure.orThrow(answer);
      return inJson ? ExitCode.OK : done(Messages.step(before, parsed, after));
    }
  }

  private UpdateEvent parse() throws Failure {
    EventType type = EventNames.require(event);
    for (EventField field : EventField.values()) {
      if (isGiven(field) && !type.fields().contains(field)) {
        throw wrong(withOptionNames(type + " carries no " + field));
      }
    }
    Values values =
        new Values(Option.of(toVersion), Option.of(runningVersion), Option.of(error), force, retry);
    Either<String, UpdateEvent> made = UpdateEvent.of(type, values);
    if (made.isLeft()) {
      throw wrong(withOptionNames(made.getLeft()));
    }
    return made.get();
  }

  private boolean isGiven(EventField field) {
    return switch (field) {
      case TO_VERSION -> toVersion != null;
      case RUNNING_VERSION -> runningVersion != null;
      case ERROR -> error != null;
      case FORCE -> force;
      case RETRY -> retry;
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

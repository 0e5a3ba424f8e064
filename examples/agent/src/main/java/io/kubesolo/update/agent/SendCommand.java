package io.kubesolo.update.agent;

import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Sends one event. */
@Command(
    name = "send",
    description = "Sends one event; when this exits with 0, it is durable.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  update-agent send download --to-version v1.1 --running-version v1.0")
final class SendCommand implements Callable<Integer> {
  @ParentCommand
  Main main;

  @Spec
  CommandSpec spec;

  @Parameters(
      paramLabel = "EVENT",
      description = {
        "check, no_update, download, stage, activate,",
        "verify, confirm, fail, rollback, cancel or acknowledge."
      })
  String event;

  @CommandLine.Option(
      names = "--to-version",
      paramLabel = "V",
      description = "The version to update to (download).")
  @Nullable
  String toVersion;

  @CommandLine.Option(
      names = "--running-version",
      paramLabel = "V",
      description = "The version that runs now (download, verify).")
  @Nullable
  String runningVersion;

  @CommandLine.Option(
      names = "--error",
      paramLabel = "TEXT",
      description = "What went wrong (fail, rollback).")
  @Nullable
  String error;

  @CommandLine.Option(
      names = "--force",
      description =
          "Take the version on although it was rolled back or tried too often (download).")
  boolean force;

  @CommandLine.Option(
      names = "--if-revision",
      paramLabel = "N",
      description = "Only if the state is still at this revision.")
  @Nullable
  Long ifRevision;

  @CommandLine.Option(names = "--json", description = "Answer in one line of JSON, as replay does.")
  boolean json;

  @Override
  public Integer call() {
    UpdateEvent parsed = parse().getOrElseThrow(this::wrong);
    Either<StoreFailure, UpdateLifecycle> opened = main.open();
    if (opened.isLeft()) {
      return main.fail(opened.getLeft());
    }
    try (UpdateLifecycle lifecycle = opened.get()) {
      UpdateState before = lifecycle.state();
      Either<Rejection, UpdateState> answer =
          ifRevision == null ? lifecycle.send(parsed) : lifecycle.send(parsed, ifRevision);
      return answer.fold(
          rejection -> refused(rejection, lifecycle), state -> accepted(before, parsed, state));
    }
  }

  private int accepted(UpdateState before, UpdateEvent sent, UpdateState state) {
    main.output.line(json ? Answer.accepted(state) : Wording.step(before, sent, state));
    return ExitCode.OK;
  }

  private int refused(Rejection rejection, UpdateLifecycle lifecycle) {
    if (json) {
      Answer.rejected(rejection, lifecycle.table(), lifecycle.state()).forEach(main.output::line);
    }
    return main.fail(rejection);
  }

  private Either<String, UpdateEvent> parse() {
    return EventType.ofWireName(event)
        .toEither(() -> "'" + event + "' is no event; the events are " + eventNames())
        .flatMap(type -> make(type).mapLeft(SendCommand::withOptionNames));
  }

  private Either<String, UpdateEvent> make(EventType type) {
    for (EventField field : EventField.values()) {
      if (isGiven(field) && !type.fields().contains(field)) {
        return Either.left(type + " carries no " + field);
      }
    }
    return UpdateEvent.of(
        type, new Values(Option.of(toVersion), Option.of(runningVersion), Option.of(error), force));
  }

  private boolean isGiven(EventField field) {
    return switch (field) {
      case TO_VERSION -> toVersion != null;
      case RUNNING_VERSION -> runningVersion != null;
      case ERROR -> error != null;
      case FORCE -> force;
    };
  }

  private ParameterException wrong(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }

  private static String withOptionNames(String reason) {
    String text = reason;
    for (EventField field : EventField.values()) {
      String option = "--" + field.wireName().replace('_', '-');
      text = text.replaceFirst("\\b" + field.wireName() + "\\b", option);
    }
    return text;
  }

  private static String eventNames() {
    return Stream.of(EventType.values()).map(EventType::wireName).collect(Collectors.joining(", "));
  }
}

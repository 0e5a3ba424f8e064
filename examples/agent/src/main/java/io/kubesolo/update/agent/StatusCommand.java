package io.kubesolo.update.agent;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.function.Consumer;

/** Says where the update stands. */
final class StatusCommand extends AgentCommand {
  private boolean json;
  private boolean report;

  StatusCommand(Main main) {
    super(main, "Says where the update stands.");
    syntax
        .flag("--json", () -> json = true, "Print the state file as it is.")
        .flag(
            "--report",
            () -> report = true,
            "Print what serve has at /status.json: the state, and with it",
            "age, permitted events and whether it is overdue.")
        .example("  update-agent --state state.json status --json");
  }

  @Override
  public Integer call() {
    if (json) {
      return copy();
    }
    return report
        ? show(main.observer().look(), standing -> main.output.text(StatusReport.of(standing)))
        : show(main.read().map(loaded -> main.standing(loaded.state())), this::print);
  }

  private int show(Either<StoreFailure, Standing> look, Consumer<Standing> printer) {
    return look.fold(main::fail, standing -> {
      printer.accept(standing);
      return ExitCode.OK;
    });
  }

  private int copy() {
    Either<StoreFailure, byte[]> bytes = main.file().bytes();
    if (bytes.isLeft()) {
      return main.fail(bytes.getLeft());
    }
    main.output.out().writeBytes(bytes.get());
    main.output.out().flush();
    return ExitCode.OK;
  }

  private void print(Standing standing) {
    UpdateState state = standing.state();
    String phase = main.output.styled("bold", state.phase().wireName());
    row("phase", phase + age(standing));
    standing.overdue().forEach(overdue -> row("overdue", main.output.styled("red", late(overdue))));
    row("from", state.fromVersion());
    row("to", state.toVersion());
    if (state.attemptCount() > 0) {
      row("attempt", Wording.attempts(state, standing.settings().maxAttempts()));
    }
    state
        .lastError()
        .forEach(error -> row("error", main.output.styled("red", Output.oneLine(error))));
    row("started", state.startedAt());
    row("updated", state.revision() > 0 ? state.updatedAt() : Option.none());
    if (!state.rolledBackVersions().isEmpty()) {
      row("rolled back", String.join(", ", state.rolledBackVersions()));
    }
    row("revision", Long.toString(state.revision()));
    row("permitted", Wording.names(standing.permitted()));
  }

  /** How long the phase has lasted, by the kernel's uptime; the wall clock may lie. */
  private static String age(Standing standing) {
    return standing
        .age()
        .map(Deadlines::inWords)
        .map(age -> standing.rebooted() ? " since before the boot " + age + " ago" : " for " + age)
        .getOrElse("");
  }

  private static String late(Overdue overdue) {
    return "it may last %s; tick sends %s"
        .formatted(Deadlines.inWords(overdue.limit()), overdue.event().type());
  }

  private void row(String name, String value) {
    main.output.line(name + " ".repeat(13 - name.length()) + value);
  }

  private void row(String name, Option<?> value) {
    if (value.isDefined()) {
      row(name, Output.oneLine(value.get().toString()));
    }
  }
}

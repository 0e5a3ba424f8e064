package io.kubesolo.update.agent.cli;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.diagram.Diagram;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** Draws the machine, and where this device stands in it. */
final class DiagramCommand extends AgentCommand {
  private Diagram.Format format = Diagram.Format.MERMAID;
  private boolean current;

  DiagramCommand(CommandContext context) {
    super(context, "Draws the machine.");
    syntax
        .required(
            "--format",
            "FORMAT",
            Diagram.Format.class,
            chosen -> format = chosen,
            "One of ${COMPLETION-CANDIDATES}.")
        .flag(
            "--current",
            () -> current = true,
            "Highlight the current phase, the last edge, and the path in the history.")
        .example("  update-agent diagram --format svg --current >lifecycle.svg");
  }

  @Override
  public Integer call() {
    return marked().fold(context::fail, state -> {
      context.output.text(Diagram.of(context.newEngine().table()).render(format, state));
      return ExitCode.OK;
    });
  }

  private Either<StoreFailure, Option<UpdateState>> marked() {
    return current ? context.read().map(Option::some) : Either.right(Option.none());
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.diagram.Diagram;
import io.vavr.control.Option;

/** Draws the machine, and marks the phase of this device. */
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
  public Integer call() throws Failure {
    Option<UpdateState> marked = current ? Option.some(context.read()) : Option.none();
    context.output.text(Diagram.of(context.newEngine().table()).render(format, marked));
    return ExitCode.OK;
  }
}

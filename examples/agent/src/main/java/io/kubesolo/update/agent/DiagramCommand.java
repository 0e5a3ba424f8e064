package io.kubesolo.update.agent;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Diagram;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Draws the machine, and where this device stands in it. */
@Command(
    name = "diagram",
    description = "Draws the machine.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  update-agent diagram --format svg --current >lifecycle.svg")
final class DiagramCommand implements Callable<Integer> {
  @ParentCommand
  Main main;

  @CommandLine.Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "One of ${COMPLETION-CANDIDATES}.")
  Diagram.Format format;

  @CommandLine.Option(
      names = "--current",
      description = "Mark the present phase, the last edge, and the path in the history.")
  boolean current;

  @Override
  public Integer call() {
    return marked().fold(main::fail, state -> {
      main.output.text(Diagram.of(main.newEngine().table()).render(format, state));
      return ExitCode.OK;
    });
  }

  private Either<StoreFailure, Option<UpdateState>> marked() {
    return current
        ? main.read().map(loaded -> Option.some(loaded.state()))
        : Either.right(Option.none());
  }
}

package io.kubesolo.update.agent;

import io.vavr.control.Option;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Moves an invalid state file aside and starts anew. */
@Command(
    name = "repair",
    description = "Moves an invalid state file aside and starts anew from idle.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  update-agent --state state.json repair")
final class RepairCommand implements Callable<Integer> {
  @ParentCommand
  Main main;

  @Override
  public Integer call() {
    return main.file().repair().fold(main::fail, aside -> {
      main.output.line(report(aside));
      return ExitCode.OK;
    });
  }

  private String report(Option<Path> aside) {
    return aside
        .map(path -> "the invalid file is kept as " + path + "; the state is idle now")
        .getOrElse("nothing to do: " + main.statePath() + " is valid or missing");
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.FailedTargets;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.persist.StateFile;
import io.kubesolo.update.persist.StateFile.Repair;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;

/** Moves an invalid state file aside and writes a new one. */
final class RepairCommand extends AgentCommand {
  RepairCommand(CommandContext context) {
    super(
        context,
        "Moves an invalid state file aside and writes a fresh one.",
        "The invalid file is kept as state.json.corrupt-TIME. The fresh state is idle, and keeps",
        "the versions that were rolled back; on a device (--device), those that failed according",
        "to its slots are added. A valid or missing file is left alone. What cannot be read for",
        "want of rights, or is neither a regular file nor a link, is not touched: exit code 11.");
    syntax.example("  update-agent --state state.json repair");
  }

  @Override
  public Integer call() throws Failure {
    StateFile file = context.file();
    Either<StoreFailure, Loaded> opened = file.open();
    // Without a lock, which a read-only file system or missing rights may deny, unless an earlier
    // write has an unknown outcome.
    if (opened.isRight() || !opened.getLeft().repairable()) {
      Failure.orThrow(opened);
      return done(nothingToDo());
    }
    List<String> failed = context.device().map(FailedTargets::of).getOrElse(List.of());
    return done(report(Failure.orThrow(file.repair(failed))));
  }

  private String report(Option<Repair> repair) {
    return repair
        .map(made -> made.message() + "; the state is idle now")
        .getOrElse(this::nothingToDo);
  }

  private String nothingToDo() {
    boolean exists = Files.exists(context.statePath(), LinkOption.NOFOLLOW_LINKS);
    return "nothing to do: " + context.statePath() + " is " + (exists ? "valid" : "missing");
  }
}

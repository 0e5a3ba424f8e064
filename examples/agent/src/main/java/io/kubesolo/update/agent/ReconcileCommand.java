package io.kubesolo.update.agent;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.fsm.Reconciled;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Option;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Tells the machine what happened while no agent ran. */
@Command(
    name = "reconcile",
    description = "Tells the machine what happened while no agent ran.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  update-agent reconcile --running-version v1.0")
final class ReconcileCommand implements Callable<Integer> {
  @ParentCommand
  Main main;

  @Spec
  CommandSpec spec;

  @CommandLine.Option(
      names = "--running-version",
      paramLabel = "V",
      required = true,
      description = "The version that runs now.")
  String runningVersion;

  @CommandLine.Option(
      names = "--rebooted",
      description = "Take it that the device booted, whatever the boot id says.")
  boolean rebooted;

  @Override
  public Integer call() {
    UpdateEvent.of(EventType.VERIFY, running())
        .getOrElseThrow(wrong -> new ParameterException(spec.commandLine(), wrong));
    return main.working(() -> main.open().fold(main::fail, this::reconcile));
  }

  private UpdateEvent.Values running() {
    return new UpdateEvent.Values(Option.none(), Option.some(runningVersion), Option.none(), false);
  }

  private int reconcile(UpdateLifecycle lifecycle) {
    try (lifecycle) {
      Reconciled done = lifecycle.reconcile(runningVersion, rebooted);
      done.applied().forEach(step -> main.output.line(Wording.step(step)));
      if (done.applied().isEmpty() && done.refusal().isEmpty()) {
        main.output.line("nothing to do");
      }
      return done.refusal().map(main::fail).getOrElse(ExitCode.OK);
    }
  }
}

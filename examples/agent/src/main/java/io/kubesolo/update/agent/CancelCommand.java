package io.kubesolo.update.agent;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import picocli.CommandLine.Command;

/** Gives an update up before its activation. */
@Command(
    name = "cancel",
    description =
        "Gives an update up before its activation; a running apply stops at its next step.",
    mixinStandardHelpOptions = true)
final class CancelCommand extends ToIdleCommand {
  @Override
  UpdateEvent event() {
    return new Cancel();
  }
}

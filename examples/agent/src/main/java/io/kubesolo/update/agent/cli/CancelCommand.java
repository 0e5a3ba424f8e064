package io.kubesolo.update.agent.cli;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Cancel;

/** Gives an update up before its activation. */
final class CancelCommand extends ToIdleCommand {
  CancelCommand(CommandContext context) {
    super(
        context,
        "Cancels an update before its activation; a running apply stops at its next step.");
    syntax.example("  update-agent cancel");
  }

  @Override
  UpdateEvent event() {
    return new Cancel();
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;

/** Acknowledges an outcome. */
final class AckCommand extends ToIdleCommand {
  AckCommand(CommandContext context) {
    super(context, "Acknowledges an outcome: success, rolled_back or failed.");
    syntax.example("  update-agent ack");
  }

  @Override
  UpdateEvent event() {
    return new Acknowledge();
  }
}

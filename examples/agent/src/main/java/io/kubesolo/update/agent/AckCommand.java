package io.kubesolo.update.agent;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import picocli.CommandLine.Command;

/** Acknowledges an outcome. */
@Command(
    name = "ack",
    description = "Acknowledges an outcome: success, rolled_back or failed.",
    mixinStandardHelpOptions = true)
final class AckCommand extends ToIdleCommand {
  @Override
  UpdateEvent event() {
    return new Acknowledge();
  }
}

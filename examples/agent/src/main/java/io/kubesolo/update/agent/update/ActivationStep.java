package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.ActivationGate;
import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.FleetLockNote;
import io.kubesolo.update.agent.fleet.FleetLockServer;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The policy by which an unattended device activates an update and reboots into it. */
final class ActivationStep {
  private final UpdateContext context;
  private final Device device;
  private final FleetLockNote note;

  ActivationStep(UpdateContext context, Device device) {
    this.context = context;
    this.device = device;
    this.note = new FleetLockNote(device.dir());
  }

  private Optional<FleetLockServer> server() throws Failure {
    return context.fleetLocks().of(device.config());
  }

  /**
   * Returns what the next step of an update waits for, or none if it may be done now. If nothing
   * else forbids it, the fleet lock is taken; before that, a durable note says that it may be held.
   */
  Optional<String> waitsFor() throws Failure {
    List<ActivationWait> waits = ActivationGate.local(
        device, context.settings().clock().instant().atZone(ZoneId.systemDefault()));
    if (!waits.isEmpty()) {
      return Optional.of(
          waits.stream().map(ActivationWait::words).collect(Collectors.joining("; ")));
    }
    Optional<FleetLockServer> server = server();
    return server.isPresent() ? refusal(server.get()) : Optional.empty();
  }

  private Optional<String> refusal(FleetLockServer server) throws Failure {
    note.noteHeld();
    try {
      server.preReboot();
      return Optional.empty();
    } catch (Failure e) {
      String words = "the fleet lock is not granted: " + e.message();
      note.noteRefusal(words);
      return Optional.of(words);
    }
  }

  /**
   * Releases the fleet lock if it may be held, and in the first round of each boot, because the
   * note may be lost. A failure is a warning: the next round does it again.
   */
  void giveBack() {
    try {
      Optional<FleetLockServer> server = server();
      if (server.isPresent() && isDue()) {
        server.get().steadyState();
        note.noteGivenBack(bootId());
      }
    } catch (Failure e) {
      context.warnings().accept("the fleet lock is not released yet: " + e.message());
    }
  }

  private boolean isDue() throws Failure {
    return note.mayBeHeld() || !note.isGivenBackIn(bootId());
  }

  /** Returns the id of this boot; empty if the kernel does not report it. */
  private String bootId() throws Failure {
    Option<Boot> boot = device.running().boot(context.hostUptime().get());
    return boot.map(Boot::id).getOrElse("");
  }
}

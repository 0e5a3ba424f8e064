package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.ActivationGate;
import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.FleetLockNote;
import io.kubesolo.update.agent.fleet.FleetLockServer;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The policy by which an unattended device activates an update and reboots into it. */
final class ActivationStep {
  private final UpdateContext context;
  private final Device device;
  private final FleetLockNote note;

  ActivationStep(UpdateContext context, Device device) {
    this.context = context;
    this.device = device;
    this.note = FleetLockNote.of(device);
  }

  private FleetLockServer server(FleetLock lock) throws Failure {
    return context.fleetLocks().of(device.config(), lock);
  }

  /**
   * Returns what the next step of an update waits for, or none if it may be done now. If nothing
   * else forbids it, the fleet lock is taken; before that, a durable note says that it may be held,
   * and one that was taken under an earlier configuration is released, which may be all that the
   * server has to grant.
   */
  Optional<String> waitsFor() throws Failure {
    List<ActivationWait> waits = ActivationGate.local(
        device, context.settings().clock().instant().atZone(ZoneId.systemDefault()));
    if (!waits.isEmpty()) {
      return Optional.of(
          waits.stream().map(ActivationWait::words).collect(Collectors.joining("; ")));
    }
    Optional<FleetLock> lock = note.configured();
    return lock.isPresent() ? refusal(lock.get()) : Optional.empty();
  }

  private Optional<String> refusal(FleetLock lock) throws Failure {
    FleetLockServer server = server(lock);
    for (FleetLock earlier : note.locks()) {
      if (!earlier.equals(lock)) {
        giveBack(earlier, bootId());
      }
    }
    note.noteHeld(lock);
    try {
      server.preReboot();
    } catch (Failure e) {
      String words = "the fleet lock is not granted: " + e.message();
      record(() -> note.noteRefusal(lock, words));
      return Optional.of(words);
    }
    record(() -> note.noteGranted(lock, context.settings().clock().instant()));
    return Optional.empty();
  }

  private interface Writing {
    void run() throws Failure;
  }

  /** Writes what is only shown to the operator, so a failure is a warning. */
  private void record(Writing writing) {
    try {
      writing.run();
    } catch (Failure e) {
      context.warnings().accept(e.message());
    }
  }

  /**
   * Releases each fleet lock that may be held, also if it is no longer that of the configuration, and
   * that one in the first round of each boot, because the note may be lost. A failure is a warning:
   * the next round does it again.
   */
  void giveBack() {
    try {
      String bootId = bootId();
      Set<FleetLock> due = new LinkedHashSet<>(note.locks());
      note.configured().filter(lock -> !note.isGivenBackIn(bootId)).ifPresent(due::add);
      due.forEach(lock -> giveBack(lock, bootId));
    } catch (Failure e) {
      warn(e);
    }
  }

  private void giveBack(FleetLock lock, String bootId) {
    try {
      server(lock).steadyState();
      note.noteGivenBack(lock, bootId);
    } catch (Failure e) {
      boolean isConfigured = note.configured().equals(Optional.of(lock));
      warn(
          isConfigured
              ? e
              : Failure.of(
                  "%s; it is no longer that of device.json: remove %s if its server is gone"
                      .formatted(e.message(), note.held())));
    }
  }

  private void warn(Failure failure) {
    context.warnings().accept("the fleet lock is not released yet: " + failure.message());
  }

  /** Returns the id of this boot; empty if the kernel does not report it. */
  private String bootId() throws Failure {
    Option<Boot> boot = device.running().boot(context.hostUptime().get());
    return boot.map(Boot::id).getOrElse("");
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.device.ActivationWait.Reason;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * When an unattended device may activate an update and reboot into it.
 *
 * <p>Immutable.
 *
 * @param windows the times at which it may; none means always, an empty list means never
 * @param holdFile a file that forbids it as long as it exists
 * @param fleetLock the server that limits how many devices of a fleet reboot at a time
 * @param problems what is wrong with the policy, a line each; if there is any, it may not
 */
public record ActivationPolicy(
    Optional<List<MaintenanceWindow>> windows,
    Optional<Path> holdFile,
    Optional<FleetLock> fleetLock,
    List<String> problems) {
  /** Copies the lists. */
  public ActivationPolicy {
    windows = windows.map(List::copyOf);
    problems = List.copyOf(problems);
  }

  /**
   * Returns what forbids it at a moment: a wrong configuration, clock, windows and hold file. The
   * fleet lock is not checked.
   *
   * @param now the moment, in the time zone of the device
   * @param built when this program was built; a clock that shows an earlier time is not set
   */
  public List<ActivationWait> waits(ZonedDateTime now, Supplier<Instant> built) {
    List<ActivationWait> waits = new ArrayList<>();
    problems.forEach(problem -> waits.add(new ActivationWait(Reason.CONFIGURATION, problem)));
    windows.ifPresent(times -> {
      if (times.isEmpty()) {
        waits.add(new ActivationWait(Reason.WINDOW, "there is no maintenance window"));
      } else if (now.toInstant().isBefore(built.get())) {
        waits.add(new ActivationWait(Reason.CLOCK, "the clock is not set: it says " + shown(now)));
      } else if (times.stream().noneMatch(window -> window.isOpen(now))) {
        String all = times.stream().map(String::valueOf).collect(Collectors.joining(", "));
        waits.add(new ActivationWait(
            Reason.WINDOW, "%s is in no maintenance window (%s)".formatted(shown(now), all)));
      }
    });
    holdFile
        .filter(ActivationPolicy::mayExist)
        .ifPresent(file ->
            waits.add(new ActivationWait(Reason.HOLD, file + " exists; remove it to go on")));
    return waits;
  }

  /**
   * Formats a time for a message. The formatter is no constant, because every command would create
   * it, and few need it.
   */
  private static String shown(ZonedDateTime time) {
    return DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ENGLISH).format(time);
  }

  /** Returns whether a file exists, or its directory cannot be read. */
  private static boolean mayExist(Path file) {
    return !Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * A server of the FleetLock protocol, and the name of this device there.
   *
   * @param url the address of the service, with a slash at the end
   * @param group the name of the group whose devices share the limit
   * @param id the name of this device, unique within the group
   */
  public record FleetLock(URI url, String group, String id) {}
}

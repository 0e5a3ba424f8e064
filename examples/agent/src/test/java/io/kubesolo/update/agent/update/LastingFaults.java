package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.fail;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.DeviceWalk.LastingFault;
import io.kubesolo.update.agent.update.DeviceWalk.Reboot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Lets an unattended device go on, round by round, with a fault that stays, and checks that it stops
 * rebooting, and that a healthy slot is marked good.
 */
final class LastingFaults {
  /** A device has made all its attempts after fewer rounds. */
  private static final int ROUNDS = 24;

  /** The last rounds, which must neither reboot nor change anything. */
  private static final int REST = 2;

  private static final String REBOOT_NOTE = "reboot.json";

  static final List<LastingFault> ALL = all();

  private final DeviceWalk walk = new DeviceWalk();
  private final Random random;
  private int lives;

  LastingFaults(long seed) {
    random = new Random(seed);
  }

  private static List<LastingFault> all() {
    List<LastingFault> all = new ArrayList<>();
    all.add(LastingFault.NONE);
    all.add(new LastingFault(
        "the device directory is read-only",
        Set.<String>of()::contains,
        other -> !other.equals("grubenv")));
    Stream<String> others =
        Stream.of(REBOOT_NOTE, "manifest.verified", "download", "work.lock", "state.json.lock");
    Stream.concat(WalkDisk.FILES.stream().filter(name -> !name.equals("running.json")), others)
        .forEach(name -> {
          all.add(
              new LastingFault(name + " cannot be read", name::equals, Set.<String>of()::contains));
          all.add(new LastingFault(
              name + " cannot be changed", Set.<String>of()::contains, name::equals));
          all.add(
              new LastingFault(name + " cannot be read or changed", name::equals, name::equals));
        });
    return List.copyOf(all);
  }

  /** Returns how many lives were lived. */
  int lives() {
    return lives;
  }

  /** Lives on from a state with a fault and a kind of reboot, whatever is offered and healthy. */
  void liveOn(WalkState from, LastingFault fault, Reboot reboot) throws Failure {
    for (String offer : DeviceWalk.VERSIONS) {
      for (int healthy = 0; healthy < 1 << WalkState.VERSIONS; healthy++) {
        liveOn(from, fault, reboot, offer, healthy);
      }
    }
  }

  /** Lives on from a state with each fault and each kind of reboot; what is offered and healthy is random. */
  void liveOn(WalkState from) throws Failure {
    for (LastingFault fault : ALL) {
      for (Reboot reboot : Reboot.values()) {
        if (isSecondFault(fault, reboot)) {
          continue;
        }
        String offer = DeviceWalk.VERSIONS.get(random.nextInt(DeviceWalk.VERSIONS.size()));
        int healthy = random.nextInt(1 << WalkState.VERSIONS);
        liveOn(from, fault, reboot, offer, healthy);
      }
    }
  }

  /** Returns whether a fault hides what the boot loader did, where that is a fault too. */
  private static boolean isSecondFault(LastingFault fault, Reboot reboot) {
    return switch (reboot) {
      case TAKES_SLOT, CUT_SHORT -> false;
      case COMES_BACK -> !fault.equals(LastingFault.NONE);
      case CHANGES_NOTHING -> fault.concerns(REBOOT_NOTE);
    };
  }

  private void liveOn(WalkState from, LastingFault fault, Reboot reboot, String offer, int healthy)
      throws Failure {
    lives++;
    walk.rewritten(from);
    List<String> life = new ArrayList<>(List.of("%s; %s; boot: %s; offered %s; healthy: %s"
        .formatted(from, fault, reboot, offer, Integer.toBinaryString(healthy))));
    Predicate<WalkState> isHealthy =
        state -> (healthy & WalkState.bit(state.runningVersion())) != 0;
    boolean reboots = true;
    int rest = 0;
    for (int round = 0; round < ROUNDS && rest < REST; round++) {
      WalkState before = walk.state();
      reboots = walk.goOn(offer, isHealthy, fault, reboot);
      rest = reboots || !walk.state().equals(before) ? 0 : rest + 1;
      life.add((reboots ? "reboot: " : "") + walk.state());
    }
    if (rest < REST) {
      fail("reboots without end: %s", String.join("\n  ", life));
    }
    WalkState end = walk.state();
    boolean isMarked = end.good()
        || end.secondActive()
        || fault.unchanged().test("grubenv")
        || fault.unread().test("grubenv");
    if (isHealthy.test(end) && !isMarked) {
      fail("healthy and not marked good: %s", String.join("\n  ", life));
    }
  }
}

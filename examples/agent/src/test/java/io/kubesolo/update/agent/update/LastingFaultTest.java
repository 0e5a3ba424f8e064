package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.DeviceWalk.LastingFault;
import io.kubesolo.update.agent.update.DeviceWalk.Reboot;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever stays wrong with one file, or with the boot loader, an unattended device stops rebooting. {@code
 * -Dwalk.seed=} chooses other offers and other healthy versions. {@link DeviceWalkIT} does this from many
 * more states.
 */
final class LastingFaultTest {
  private final WalkExplorer explorer = new WalkExplorer(new DeviceWalk());
  private final LastingFaults faults = new LastingFaults(Long.getLong("walk.seed", 1));

  @Test
  void noDeviceRebootsWithoutEnd() throws Failure {
    Set<WalkState> states = new LinkedHashSet<>(rebooted());
    WalkStories.UNUSUAL.forEach(story -> states.addAll(explorer.follow(story)));
    for (WalkState state : states) {
      if (state.booted()) {
        faults.liveOn(state);
      }
    }
    System.out.printf("lasting faults: %d lives%n", faults.lives());
    assertThat(faults.lives()).isPositive();
  }

  /** Returns the states of an update up to a reboot after it, whose slot is not marked good again. */
  private List<WalkState> rebooted() {
    return explorer.follow(WalkStories.then(WalkStories.GOOD_UPDATE, DeviceWalk.BOOT));
  }

  private void liveOnFromAll(LastingFault fault, Reboot reboot) throws Failure {
    Set<WalkState> states = new LinkedHashSet<>(rebooted());
    states.addAll(explorer.follow(WalkStories.BOTH_GIVEN_UP));
    for (WalkState state : states) {
      if (state.booted()) {
        faults.liveOn(state, fault, reboot);
      }
    }
  }

  @Test
  void aFallBackThatCannotBeNotedLeavesItsTrace() throws Failure {
    for (LastingFault fault : LastingFaults.ALL) {
      if (fault.unchanged().test("slots/a.json") || fault.unchanged().test("slots/b.json")) {
        liveOnFromAll(fault, Reboot.TAKES_SLOT);
      }
    }
  }

  @Test
  void aSlotThatDoesNotBootIsTriedOnce() throws Failure {
    liveOnFromAll(LastingFault.NONE, Reboot.COMES_BACK);
  }

  @Test
  void aBootLoaderThatIgnoresItsEnvironmentIsNotStartedAgain() throws Failure {
    liveOnFromAll(LastingFault.NONE, Reboot.CHANGES_NOTHING);
  }
}

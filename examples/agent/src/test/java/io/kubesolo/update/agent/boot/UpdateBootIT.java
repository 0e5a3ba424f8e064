package io.kubesolo.update.agent.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.boot.EmulatedDevice.Boot;
import io.kubesolo.update.agent.boot.EmulatedDevice.Running;
import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Updates of a device that GRUB and a kernel boot, with its files on partitions. */
@Tag("boot")
class UpdateBootIT {
  private static final Running V1 = new Running("a", "v1");
  private static final Running V2 = new Running("b", "v2");
  private static final Pattern PANIC = Pattern.compile("Kernel panic - not syncing");

  private static BootKit kit;

  @BeforeAll
  static void build() throws Exception {
    kit = BootKit.get();
  }

  @Test
  void aGoodVersionIsConfirmedAfterAReboot() throws Exception {
    byte[] image = kit.goodImage("v2");
    try (EmulatedDevice device = new EmulatedDevice(kit, "good")) {
      device.offer("v2", image);
      assertThat(device.powerOn()).isEqualTo(V1);
      assertThat(device.must("cat /proc/cmdline"))
          .contains(" update_agent.slot=a update_agent.partition=2 ")
          .doesNotContain("update_agent.trial");
      Boot boot = device.runUntilBoot("agent run");
      assertThat(boot.before())
          .contains("v1 is healthy, slot a is marked good")
          .contains("v2 is staged in slot b")
          .contains("slot b boots next, with v2");

      assertThat(boot.running()).isEqualTo(V2);
      assertThat(device.must("cat /proc/cmdline"))
          .contains(" update_agent.slot=b update_agent.partition=3 ", " update_agent.trial");
      assertThat(device.must("agent run"))
          .contains("v2 is healthy, slot b is marked good")
          .doesNotContain("sh:");

      UpdateState state = device.cutPower();
      assertThat(state.phase()).isEqualTo(Phase.SUCCESS);
      assertThat(state.fromVersion()).contains("v1");
      assertThat(state.toVersion()).contains("v2");
      assertMarkedGood(device, Slot.B);
      assertThat(device.disk().slot("b", image.length)).isEqualTo(image);
    }
  }

  @Test
  void aVersionThatFailsItsHealthCheckIsRolledBack() throws Exception {
    try (EmulatedDevice device = new EmulatedDevice(kit, "unhealthy")) {
      device.offer("v2", kit.unhealthyImage("v2"));
      device.stageOnTheHost();
      assertThat(device.powerOn()).isEqualTo(V1);
      assertThat(device.runUntilBoot("agent run").running()).isEqualTo(V2);

      Boot back = device.runUntilBoot("agent run");
      assertThat(back.before()).contains("no network").contains("slot a boots next, with v1");
      assertThat(back.running()).isEqualTo(V1);
      assertThat(device.must("agent run"))
          .contains("v1 is healthy, slot a is marked good")
          .contains("v2 is not installed");

      UpdateState state = device.cutPower();
      assertThat(state.lastError().get()).contains("no network");
      assertRolledBack(state, "v2");
      assertMarkedGood(device, Slot.A);
    }
  }

  @Test
  void aVersionWhoseKernelPanicsIsLeftByGrubWhenItsBootsRunOut() throws Exception {
    try (EmulatedDevice device = new EmulatedDevice(kit, "panicking")) {
      device.offer("v2", kit.panickingImage("v2"));
      device.stageOnTheHost();
      assertThat(device.powerOn()).isEqualTo(V1);

      Boot back = device.runUntilBoot("agent run");
      assertThat(PANIC.matcher(back.before()).results()).hasSize(EmulatedDevice.BOOT_TRIES);
      assertThat(back.running()).isEqualTo(V1);
      assertThat(device.must("agent run"))
          .contains("v1 is healthy, slot a is marked good")
          .contains("v2 is not installed");

      UpdateState state = device.cutPower();
      assertThat(state.lastError()).contains("v1 runs instead of v2");
      assertRolledBack(state, "v2");
      assertMarkedGood(device, Slot.A);
    }
  }

  @Test
  void noSlotIsWrittenIfTheSlotsAreExchanged() throws Exception {
    byte[] image = kit.goodImage("v2");
    try (EmulatedDevice device = new EmulatedDevice(kit, "exchanged")) {
      device.offer("v2", image);
      assertThat(device.powerOn()).isEqualTo(V1);
      device.must(
          "sed -i 's/slot-a/other/; s/slot-b/slot-a/; s/other/slot-b/' $device/device.json");

      Shell.Result round = device.run("agent run");

      assertThat(round.code()).isEqualTo(1);
      assertThat(round.out())
          .contains("slot a, which runs, was started from partition 2, but \"a\" is partition 3");
      assertThat(device.cutPower().phase()).isEqualTo(Phase.IDLE);
      assertThat(device.disk().environment().good())
          .as("a healthy slot is marked good")
          .isTrue();
      assertThat(device.disk().slot("b", image.length)).isNotEqualTo(image);
    }
  }

  private static void assertRolledBack(UpdateState state, String version) {
    assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(state.rolledBackVersions()).containsExactly(version);
  }

  private static void assertMarkedGood(EmulatedDevice device, Slot slot) throws Exception {
    BootEnvironment environment = device.disk().environment();
    assertThat(environment.active()).isEqualTo(slot);
    assertThat(environment.good()).isTrue();
  }
}

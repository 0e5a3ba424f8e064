package io.kubesolo.update.agent.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.boot.EmulatedDevice.Place;
import io.kubesolo.update.agent.boot.EmulatedDevice.Running;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The power of a device is cut, and its disk loses what was not flushed. */
@Tag("boot")
class PowerCutBootIT {
  private static final Running V1 = new Running("a", "v1");
  private static final Running V2 = new Running("b", "v2");
  private static final String LOADER = "/dev/disk/by-partlabel/loader";
  private static final String GRUBENV = "/boot/grub/grubenv";

  private static BootKit kit;

  @BeforeAll
  static void build() throws Exception {
    kit = BootKit.get();
  }

  @Test
  void anUpdateThatLosesThePowerInEachStepUpToTheFirstBootIsConfirmed() throws Exception {
    byte[] image = kit.goodImage("v2");
    try (EmulatedDevice device = new EmulatedDevice(kit, "cut")) {
      assertThat(device.powerOn()).isEqualTo(V1);
      assertHealthy(device, V1);
      cutInMidDownload(device, image);

      device.offer("v2", image);
      assertThat(device.powerOn()).isEqualTo(V1);
      assertHealthy(device, V1);
      cutInTheWriteOfTheSlot(device);

      assertThat(device.powerOn()).isEqualTo(V1);
      assertHealthy(device, V1);
      assertThat(device.must("agent apply")).contains("v2 is staged in slot b");
      cutBetweenTheEventAndTheBootEnvironment(device);

      assertThat(device.powerOn()).isEqualTo(V1);
      assertThat(device.must("agent activate")).contains("slot b boots next, with v2");
      assertThat(device.runUntilBoot("reboot -n -f").running()).isEqualTo(V2);
      assertThat(device.cutPower().phase()).isEqualTo(Phase.ACTIVATED);

      assertThat(device.powerOn()).isEqualTo(V2);
      assertHealthy(device, V2);
      assertConfirmed(device, image);
    }
  }

  @Test
  void anUpdateThatLosesThePowerBetweenMarkingGoodAndConfirmingIsConfirmed() throws Exception {
    byte[] image = kit.goodImage("v2");
    try (EmulatedDevice device = new EmulatedDevice(kit, "confirm")) {
      device.offer("v2", image);
      device.stageOnTheHost();
      assertThat(device.powerOn()).isEqualTo(V1);
      assertThat(device.runUntilBoot("agent run").running()).isEqualTo(V2);
      cutBetweenMarkingGoodAndConfirming(device);

      assertThat(device.powerOn()).isEqualTo(V2);
      assertHealthy(device, V2);
      assertConfirmed(device, image);
    }
  }

  /** What was written and not flushed could be read back before, and is lost. */
  private static void cutInMidDownload(EmulatedDevice device, byte[] image) throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    device.offer("v2", image, (request, out) -> {
      RawServer.head(out, "200 OK", image.length, "");
      out.write(image, 0, image.length / 2);
      out.flush();
      sent.countDown();
      device.server().hang(out);
    });
    device.must("agent apply >/tmp/out 2>&1 &");
    assertThat(sent.await(3, TimeUnit.MINUTES)).isTrue();
    device.must("until [ $(cat $device/download/* | wc -c) -gt 1000000 ]; do sleep 1; done");
    int kept = BootDisk.SPARE_SECTOR;
    int lost = kept + 8;
    device.must("printf kept | dd of=" + LOADER + " bs=512 conv=notrunc,fsync seek=" + kept);
    device.must("printf lost | dd of=" + LOADER + " bs=512 conv=notrunc seek=" + lost);
    device.must("echo 3 >/proc/sys/vm/drop_caches");
    assertThat(device.must("dd if=" + LOADER + " bs=512 count=1 skip=" + lost)).contains("lost");
    UpdateState state = device.cutPower();
    assertThat(new String(device.disk().loaderSector(kept), US_ASCII)).startsWith("kept");
    assertThat(new String(device.disk().loaderSector(lost), US_ASCII)).doesNotContain("lost");
    assertThat(state.phase()).isEqualTo(Phase.DOWNLOADING);
    assertThat(state.toVersion()).contains("v2");
  }

  private static void cutInTheWriteOfTheSlot(EmulatedDevice device) throws Exception {
    device.halt("apply", Place.BEFORE, "write", "/dev/vda3", 20);
    assertThat(device.cutPower().phase()).isEqualTo(Phase.DOWNLOADING);
    assertThat(device.disk().content("b")).isEmpty();
    assertThat(device.disk().environment().active()).isEqualTo(Slot.A);
  }

  private static void cutBetweenTheEventAndTheBootEnvironment(EmulatedDevice device)
      throws Exception {
    device.halt("activate", Place.BEFORE, "write", GRUBENV, 1);
    assertThat(device.cutPower().phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(device.disk().environment().active()).isEqualTo(Slot.A);
  }

  /** The first fsync makes durable what an earlier command may have written, the second one the mark. */
  private static void cutBetweenMarkingGoodAndConfirming(EmulatedDevice device) throws Exception {
    device.halt("healthcheck", Place.AFTER, "fsync", GRUBENV, 2);
    assertThat(device.cutPower().phase()).isEqualTo(Phase.VERIFYING);
    assertThat(device.disk().environment().active()).isEqualTo(Slot.B);
    assertThat(device.disk().environment().good()).isTrue();
  }

  private static void assertConfirmed(EmulatedDevice device, byte[] image) throws Exception {
    UpdateState state = device.cutPower();
    assertThat(state.phase()).isEqualTo(Phase.SUCCESS);
    assertThat(state.toVersion()).contains("v2");
    assertThat(device.disk().environment().active()).isEqualTo(Slot.B);
    assertThat(device.disk().environment().good()).isTrue();
    assertThat(device.disk().slot("b", image.length)).isEqualTo(image);
  }

  private static void assertHealthy(EmulatedDevice device, Running running) throws Exception {
    assertThat(device.must("agent healthcheck"))
        .contains(
            "%s is healthy, slot %s is marked good".formatted(running.version(), running.slot()));
  }
}

package io.kubesolo.update.agent.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.boot.EmulatedDevice.Boot;
import io.kubesolo.update.agent.boot.EmulatedDevice.Place;
import io.kubesolo.update.agent.boot.EmulatedDevice.Running;
import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.io.IOException;
import java.util.Random;
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

  private static final int CUTS = Integer.getInteger("boot.cuts", 10);
  /** Fewer than an update takes, so that cuts fall into each of its steps. */
  private static final int CHANGES = 120;

  private static BootKit kit;

  @BeforeAll
  static void build() throws Exception {
    kit = BootKit.get();
  }

  @Test
  void anUpdateThatLosesThePowerInEachStepIsConfirmed() throws Exception {
    byte[] image = kit.goodImage("v2");
    try (EmulatedDevice device = new EmulatedDevice(kit, "cut")) {
      assertThat(device.powerOn()).isEqualTo(V1);
      cutInMidDownload(device, image);

      device.offer("v2", image);
      assertThat(device.powerOn()).isEqualTo(V1);
      cutInTheWriteOfTheSlot(device);

      assertThat(device.powerOn()).isEqualTo(V1);
      cutBetweenTheEventAndTheBootEnvironment(device);

      assertThat(device.powerOn()).isEqualTo(V1);
      Boot first = device.runUntilBoot("agent run");
      assertThat(first.before()).contains("slot b boots next, with v2");
      assertThat(first.running()).isEqualTo(V2);
      assertThat(device.cutPower().phase()).isEqualTo(Phase.ACTIVATED);

      assertThat(device.powerOn()).isEqualTo(V2);
      cutBetweenMarkingGoodAndConfirming(device);

      assertThat(device.powerOn()).isEqualTo(V2);
      assertThat(device.must("agent run")).contains("v2 is healthy, slot b is marked good");
      UpdateState state = device.cutPower();
      assertThat(state.phase()).isEqualTo(Phase.SUCCESS);
      assertThat(state.toVersion()).contains("v2");
      assertThat(device.disk().environment().active()).isEqualTo(Slot.B);
      assertThat(device.disk().environment().good()).isTrue();
      assertThat(device.disk().slot("b", image.length)).isEqualTo(image);
    }
  }

  /**
   * Cuts the power during a download. Data that was not flushed could be read before, and is lost.
   */
  private static void cutInMidDownload(EmulatedDevice device, byte[] image) throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    device.offer("v2", image, (request, out) -> {
      RawServer.head(out, "200 OK", image.length, "");
      out.write(image, 0, image.length / 2);
      out.flush();
      sent.countDown();
      device.server().hang(out);
    });
    device.must("agent run >/tmp/out 2>&1 &");
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
    device.halt("run", Place.BEFORE, "write", "/dev/vda3", 20);
    assertThat(device.cutPower().phase()).isEqualTo(Phase.DOWNLOADING);
    assertThat(device.disk().content("b")).isEmpty();
    assertThat(device.disk().environment().active()).isEqualTo(Slot.A);
  }

  /** Cuts the power before the second write; the first one marks slot a good. */
  private static void cutBetweenTheEventAndTheBootEnvironment(EmulatedDevice device)
      throws Exception {
    device.halt("run", Place.BEFORE, "write", GRUBENV, 2);
    assertThat(device.cutPower().phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(device.disk().environment().active()).isEqualTo(Slot.A);
  }

  /**
   * Cuts the power after the second fsync, which is of the mark; the first one makes durable what
   * an earlier command may have written.
   */
  private static void cutBetweenMarkingGoodAndConfirming(EmulatedDevice device) throws Exception {
    device.halt("healthcheck", Place.AFTER, "fsync", GRUBENV, 2);
    assertThat(device.cutPower().phase()).isEqualTo(Phase.VERIFYING);
    assertThat(device.disk().environment().active()).isEqualTo(Slot.B);
    assertThat(device.disk().environment().good()).isTrue();
  }

  /**
   * Cuts the power at random writes and flushes of the disk, which then keeps some of the blocks
   * that were not flushed. The device continues with what the server offers, and has the last
   * version at the end.
   */
  @Test
  void anUnattendedDeviceSurvivesPowerCutsAtRandomMoments() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.printf("%d power cuts at random moments: -Dseed=%d%n", CUTS, seed);
    Random random = new Random(seed);
    try (EmulatedDevice device = new EmulatedDevice(kit, "random")) {
      Offers offers = new Offers(device);
      device.makeUnattended();
      for (int cut = 1; cut <= CUTS; cut++) {
        int changes = 1 + random.nextInt(CHANGES);
        device.switchOnUntil(changes, offers::next);
        UpdateState state = device.cutPower(random::nextBoolean);
        System.out.printf(
            "power cut %d at change %d of the disk: %s, %s%n",
            cut, changes, state.phase(), state.toVersion().getOrElse("no version"));
      }
      device.switchOn();
      while (!device.awaitRest().equals("success")) {
        offers.next();
      }
      UpdateState state = device.cutPower();
      assertThat(state.phase()).isEqualTo(Phase.SUCCESS);
      assertThat(state.toVersion()).contains(offers.latest());
      BootEnvironment environment = device.disk().environment();
      assertThat(environment.good()).isTrue();
      assertThat(device.disk().content(environment.active().letter()).map(SlotContent::version))
          .contains(offers.latest());
    }
  }

  /** Offers one version after the other, each of which is healthy. */
  private static final class Offers {
    private final EmulatedDevice device;
    private int number = 1;

    Offers(EmulatedDevice device) throws IOException {
      this.device = device;
      next();
    }

    void next() throws IOException {
      number++;
      device.offer(latest(), kit.goodImage(latest()));
    }

    String latest() {
      return "v" + number;
    }
  }
}

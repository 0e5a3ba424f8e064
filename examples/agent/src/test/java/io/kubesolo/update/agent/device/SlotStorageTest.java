package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static io.kubesolo.update.agent.testkit.Failures.messageOfCommand;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.GuidPartitionTable;
import io.kubesolo.update.agent.testkit.GuidPartitionTable.Partition;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slots on block devices of this kernel. */
final class SlotStorageTest {
  private Mounts mounts;

  @BeforeEach
  void requireRoot() throws IOException {
    Tools.assumeRoot();
    Tools.assumePresent("losetup");
    Tools.assumePresent("mkfs.ext4");
    mounts = new Mounts();
  }

  @AfterEach
  void unmount() {
    if (mounts != null) {
      mounts.close();
    }
  }

  @Test
  void findsAPartitionByItsLabel() throws Exception {
    Path root = mounts.directory("root");
    Path labels = Files.createDirectories(root.resolve("dev/disk/by-partlabel"));
    Path device = loop(mounts.image("ext4", 2));
    Files.createSymbolicLink(labels.resolve("SLOT\\x20A"), device);

    Path found = SlotStorage.locate("PARTLABEL=SLOT A", Path.of("/d"), new SystemFiles(root));

    assertThat(SlotStorage.at(found).identity())
        .isEqualTo(SlotStorage.at(device).identity());
    assertThat(SlotStorage.at(found).isDevice()).isTrue();
  }

  @Test
  void resolvesAPathInTheDeviceDirectory() {
    Path dir = Path.of("/d");

    assertThat(SlotStorage.locate("slots/a.img", dir, SystemFiles.HOST))
        .isEqualTo(Path.of("/d/slots/a.img"));
    assertThat(SlotStorage.locate("/dev/sda2", dir, SystemFiles.HOST))
        .isEqualTo(Path.of("/dev/sda2"));
  }

  @Test
  void distinguishesADeviceFromAnotherAndFromAFile() throws Exception {
    Path image = mounts.image("ext4", 2);
    Path device = loop(image);
    Path link = Files.createSymbolicLink(mounts.directory("links").resolve("a"), device);

    assertThat(SlotStorage.at(link).identity()).isEqualTo(SlotStorage.at(device).identity());
    assertThat(SlotStorage.at(image).identity())
        .isNotEqualTo(SlotStorage.at(device).identity());
    assertFailure(Path.of("/dev/null"), "is neither an image file nor a block device");
    assertFailure(mounts.directory("d"), "is neither an image file nor a block device");
    assertFailure(Path.of("/dev/none"), "does not exist");
  }

  private static void assertFailure(Path path, String problem) {
    assertThatThrownBy(() -> SlotStorage.at(path))
        .isInstanceOf(Failure.class)
        .hasMessage(path + ": " + problem);
  }

  @Test
  void refusesWhatIsMounted() throws Exception {
    Path image = mounts.image("ext4", 2);
    Path device = loop(image);
    SlotStorage.at(device).requireUnused(SystemFiles.HOST);
    SlotStorage.at(image).requireUnused(SystemFiles.HOST);

    Path mounted = mounts.mount("a directory", "-o", "ro", device.toString());

    for (Path path : new Path[] {device, image}) {
      assertThatThrownBy(() -> SlotStorage.at(path).requireUnused(SystemFiles.HOST))
          .isInstanceOf(Failure.class)
          .hasMessage(path + ": is mounted on " + mounted);
    }
  }

  @Test
  void refusesADeviceOfWhichAPartitionIsMountedOrWhichIsPartOfAnother() throws Exception {
    Path root = mounts.directory("root");
    Path device = loop(mounts.image("ext4", 2));
    String number = SlotStorage.at(device).identity();
    Path block = Files.createDirectories(root.resolve("sys/dev/block/" + number));
    Files.writeString(block.resolve("dev"), number + "\n");
    Path partition = Files.createDirectories(block.resolve("loop0p1"));
    Files.writeString(partition.resolve("partition"), "1\n");
    Files.writeString(partition.resolve("start"), "2048\n");
    Files.writeString(partition.resolve("size"), "8\n");
    Files.createSymbolicLink(root.resolve("sys/dev/block/259:7"), partition);
    Path mountinfo = Files.createDirectories(root.resolve("proc/self")).resolve("mountinfo");
    Files.writeString(mountinfo, "29 1 259:7 / /mnt/x\\040y rw - ext4 /dev/loop0p1 rw\n");

    assertThatThrownBy(() -> SlotStorage.at(device).requireUnused(new SystemFiles(root)))
        .hasMessage(device + ": is mounted on /mnt/x y");

    Files.createDirectories(block.resolve("holders/dm-0"));
    assertThatThrownBy(() -> SlotStorage.at(device).requireUnused(new SystemFiles(root)))
        .hasMessage(device + ": is in use by dm-0");
  }

  @Test
  void findsStorageThatSharesBytesWithAnother() throws Exception {
    Tools.assumePresent("partx");
    Path disk = mounts.directory("disk").resolve("disk.img");
    GuidPartitionTable.write(
        disk, List.of(new Partition(1, "A", 1, 1), new Partition(2, "B", 2, 1)));
    Path device = loop(disk);
    Shell.must("partx", "--update", device.toString());
    mounts.atTheEnd("partx", "--delete", device.toString());
    Path a = Path.of(device + "p1");
    Path b = Path.of(device + "p2");
    Path loopOverA = loop(a);
    Path rangeOfA = loop(disk, "--offset", "1048576", "--sizelimit", "1048576");

    assertThat(overlap(a, b)).isFalse();
    assertThat(overlap(rangeOfA, b)).isFalse();
    assertThat(overlap(loopOverA, b)).isFalse();
    for (Path other : List.of(a, device, disk, loopOverA, rangeOfA)) {
      assertThat(overlap(a, other)).as("%s", other).isTrue();
    }
    assertThat(overlap(disk, file("another"))).isFalse();
  }

  @Test
  void refusesAPartitionOfAnotherDisk() throws Exception {
    Tools.assumePresent("partx");
    List<Path> devices = new ArrayList<>();
    for (String name : List.of("disk", "stick")) {
      devices.add(partitioned(name));
    }
    Path running = Path.of(devices.get(0) + "p1");
    Path other = Path.of(devices.get(1) + "p2");
    SlotContent content = DeviceFactory.content("v2", new byte[1000]);

    slots(running, Path.of(devices.get(0) + "p2")).requireWritable(Slot.B, Slot.A, content);

    assertThat(
            messageOfCommand(() -> slots(running, other).requireWritable(Slot.B, Slot.A, content)))
        .isEqualTo(other + ": is on another disk than the running slot, " + running
            + ", and would not be booted");
  }

  @Test
  void findsSlotsThatAreExchangedAgainstThePartitionThatGrubStarted() throws Exception {
    Tools.assumePresent("partx");
    Path device = partitioned("disk");
    Path root = mounts.directory("root");
    Files.createSymbolicLink(root.resolve("sys"), Path.of("/sys"));
    Path commandLine = Files.createDirectories(root.resolve("proc")).resolve("cmdline");
    Files.writeString(commandLine, "update_agent.slot=b update_agent.partition=2 quiet\n");
    Path file = file("b");

    assertThat(running(root, device + "p1", device + "p2").slot()).isEqualTo(Slot.B);
    for (Path other : List.of(device, file, Path.of("/dev/none"))) {
      assertThat(running(root, device + "p1", other.toString()).slot()).isEqualTo(Slot.B);
    }

    assertThat(messageOf(() -> running(root, device + "p2", device + "p1")))
        .isEqualTo(mounts.directory("device").resolve("device.json")
            + ": \"slots\": slot b, which runs, was started from partition 2, but \"b\" is partition 1; let"
            + " \"a\" be partition_a and \"b\" partition_b of grub.cfg");
  }

  private RunningSystem running(Path root, String a, String b) throws Exception {
    Path dir = mounts.directory("device");
    Files.writeString(
        dir.resolve("device.json"), "{\"slots\":{\"a\":\"%s\",\"b\":\"%s\"}}".formatted(a, b));
    Device device = Device.open(dir, new SystemFiles(root));
    RunningSystem running = device.running();
    device.requireStarted(running);
    return running;
  }

  /** Makes a disk with two partitions. */
  private Path partitioned(String name) throws Exception {
    Path disk = mounts.directory(name).resolve("disk.img");
    GuidPartitionTable.write(
        disk, List.of(new Partition(1, "A", 1, 1), new Partition(2, "B", 2, 1)));
    Path device = loop(disk);
    Shell.must("partx", "--update", device.toString());
    mounts.atTheEnd("partx", "--delete", device.toString());
    return device;
  }

  /** Writes the names of partitions itself, because not every kernel reads them from a GPT. */
  @Test
  void refusesALabelOfSeveralPartitions() throws Exception {
    Path root = mounts.directory("root");
    SystemFiles system = new SystemFiles(root);
    Files.createSymbolicLink(root.resolve("proc"), Path.of("/proc"));
    label(root, loop(file("a")), "sda2", "slot a");
    Path device = loop(file("b"));
    label(root, device, "sda3", "slot-b");
    Path a = SlotStorage.locate("PARTLABEL=slot a", Path.of("/d"), system);
    Path b = SlotStorage.locate("PARTLABEL=slot-b", Path.of("/d"), system);
    Slots slots = slots(a, b, system);
    Path download = Files.write(mounts.directory("download").resolve("image"), new byte[1000]);
    SlotContent content = DeviceFactory.content("v2", new byte[1000]);
    Path overB = label(root, loop(device), "loop9p1", "slot-b").resolve("loop");
    Files.writeString(Files.createDirectory(overB).resolve("backing_file"), device + "\n");
    slots.write(Slot.B, Slot.A, download, content);
    assertThat(slots.fault(Slot.B)).isEmpty();

    label(root, loop(file("stick")), "sdb1", "slot-b");

    String twice =
        b + ": sda3 and sdb1 have the same label; give each partition a label of its own";
    assertThat(messageOfCommand(() -> slots.write(Slot.B, Slot.A, download, content)))
        .isEqualTo(twice);
    assertThat(slots.note(Slot.B)).exists();
    Failure fault = slots.fault(Slot.B).get();
    assertThat(fault).hasMessage(twice);
    assertThat(fault.kind()).isNotEqualTo(Failure.Kind.CONTENT);
    assertThat(messageOfCommand(() -> slots.write(Slot.A, Slot.B, download, content)))
        .isEqualTo(
            "slot a is not written, because it is not known where slot b is, which runs: " + twice);
    slots(a, device, system).write(Slot.B, Slot.A, download, content);
  }

  /** Names a block device as a kernel names a partition; links it as udev does, which keeps one link. */
  private static Path label(Path root, Path device, String name, String label) throws Exception {
    String number = SlotStorage.at(device).identity();
    Path block = Files.createDirectories(root.resolve("sys/dev/block/" + number));
    Files.writeString(
        block.resolve("uevent"), "DEVNAME=%s\nPARTN=1\nPARTNAME=%s\n".formatted(name, label));
    Path link = Files.createDirectories(root.resolve("dev/disk/by-partlabel"))
        .resolve(label.replace(" ", "\\x20"));
    if (Files.notExists(link)) {
      Files.createSymbolicLink(link, device);
    }
    return block;
  }

  /** The kernel of this machine may have no device mapper: the test writes what it would say. */
  @Test
  void neverWritesADeviceOfTheDeviceMapperOverTheRunningSlot() throws Exception {
    Path root = mounts.directory("root");
    SystemFiles system = new SystemFiles(root);
    Files.createSymbolicLink(root.resolve("proc"), Path.of("/proc"));
    Path running = loop(file("a"));
    Path crypt = loop(file("crypt"));
    Path volume = loop(file("volume"));
    component(root, crypt, running);
    component(root, volume, crypt);
    SlotContent content = DeviceFactory.content("v2", new byte[1000]);

    for (Path over : List.of(crypt, volume)) {
      assertThat(messageOfCommand(
              () -> slots(running, over, system).requireWritable(Slot.B, Slot.A, content)))
          .isEqualTo(over + ": is the slot that runs, which is never written");
    }
    Path sibling = loop(file("sibling"));
    component(root, sibling, crypt);
    slots(volume, sibling, system).requireWritable(Slot.B, Slot.A, content);
  }

  /** Says that a block device consists of another one. */
  private static void component(Path root, Path device, Path below) throws Exception {
    Path block = root.resolve("sys/dev/block/" + SlotStorage.at(device).identity());
    Path entry = Files.createDirectories(block.resolve("slaves").resolve(below.getFileName()));
    Files.writeString(entry.resolve("dev"), SlotStorage.at(below).identity() + "\n");
  }

  private static boolean overlap(Path one, Path other) throws Failure {
    SlotStorage first = SlotStorage.at(one);
    SlotStorage second = SlotStorage.at(other);
    boolean overlaps = first.overlaps(second, SystemFiles.HOST);
    assertThat(second.overlaps(first, SystemFiles.HOST)).isEqualTo(overlaps);
    return overlaps;
  }

  @Test
  void refusesWhatAMountedLoopDeviceOverADeviceShares() throws Exception {
    Path device = loop(mounts.image("ext4", 2));
    Path mounted = mounts.mount("a directory", "-o", "ro", loop(device).toString());

    assertThatThrownBy(() -> SlotStorage.at(device).requireUnused(SystemFiles.HOST))
        .hasMessage(device + ": is mounted on " + mounted);
  }

  @Test
  void neverWritesTheImageOfTheRunningSlotThroughALoopDevice() throws Exception {
    Path image = file("a");
    Path device = loop(image);
    Path download = Files.write(mounts.directory("download").resolve("image"), new byte[] {1});
    SlotContent content = DeviceFactory.content("v2", new byte[] {1});
    Slots overFile = slots(image, device);
    Slots overDevice = slots(device, image);

    assertThat(messageOfCommand(() -> overFile.write(Slot.B, Slot.A, download, content)))
        .isEqualTo(device + ": is the slot that runs, which is never written");
    assertThat(messageOfCommand(() -> overDevice.write(Slot.B, Slot.A, download, content)))
        .isEqualTo(image + ": is the slot that runs, which is never written");
    assertThat(Files.readAllBytes(image)).containsOnly(0);
  }

  @Test
  void refusesADeviceIfMountsCannotBeRead() throws Exception {
    Path root = mounts.directory("root");
    Path device = loop(mounts.image("ext4", 2));

    assertThatThrownBy(() -> SlotStorage.at(device).requireUnused(new SystemFiles(root)))
        .hasMessage(device + ": may be mounted: /proc/self/mountinfo cannot be read");
  }

  @Test
  void writesABlockDeviceAndReadsItBack() throws Exception {
    byte[] image = new byte[300_000];
    new Random(1).nextBytes(image);
    Path download = Files.write(mounts.directory("download").resolve("image"), image);
    Path disk = mounts.image("ext4", 2);
    Slots slots = slots(loop(file("a")), loop(disk));
    SlotContent content = DeviceFactory.content("v2", image);

    slots.write(Slot.B, Slot.A, download, content);

    assertThat(slots.verifiedContent(Slot.B)).isEqualTo(content);
    assertThat(Arrays.copyOf(Files.readAllBytes(disk), image.length)).isEqualTo(image);
    assertThat(disk).hasSize(2 * 1024 * 1024);
  }

  @Test
  void refusesABlockDeviceBeforeAByteIsWritten() throws Exception {
    Path download = Files.write(mounts.directory("download").resolve("image"), new byte[2_000_000]);
    SlotContent content = DeviceFactory.content("v2", new byte[2_000_000]);
    Path small = mounts.image("ext4", 1);
    Slots slots = slots(loop(file("a")), loop(small));
    Files.write(slots.note(Slot.B), DeviceFactory.content("v1", new byte[1]).toJson());
    byte[] before = Files.readAllBytes(small);

    assertThat(messageOfCommand(() -> slots.write(Slot.B, Slot.A, download, content)))
        .isEqualTo(slots.image(Slot.B) + ": slot b has room for 1048576 bytes; v2 has 2000000");

    SlotContent fits = DeviceFactory.content("v2", new byte[1000]);
    Path mounted = mounts.mount("mounted", slots.image(Slot.B).toString());
    assertThat(messageOfCommand(() -> slots.write(Slot.B, Slot.A, download, fits)))
        .isEqualTo(slots.image(Slot.B) + ": is mounted on " + mounted);
    Shell.must("umount", mounted.toString());

    Slots same = slots(slots.image(Slot.B), slots.image(Slot.B));
    assertThat(messageOfCommand(() -> same.write(Slot.B, Slot.A, download, fits)))
        .isEqualTo(slots.image(Slot.B) + ": is the slot that runs, which is never written");

    Path wrong = Path.of("/dev/disk/by-partlabel/a-label-that-does-not-exist");
    Slots unknown = slots(wrong, slots.image(Slot.B));
    assertThat(messageOfCommand(() -> unknown.write(Slot.B, Slot.A, download, fits)))
        .isEqualTo("slot b is not written, because it is not known where slot a is, which runs: "
            + wrong + ": does not exist");

    Slots readOnly = slots(slots.image(Slot.A), loop(small, "--read-only"));
    assertThat(messageOfCommand(() -> readOnly.write(Slot.B, Slot.A, download, fits)))
        .isEqualTo(readOnly.image(Slot.B) + ": is read-only");
    assertThat(slots.knownContent(Slot.B)).map(SlotContent::version).contains("v1");
    assertThat(Arrays.copyOf(Files.readAllBytes(small), 1024))
        .isEqualTo(Arrays.copyOf(before, 1024));
  }

  private Path file(String name) throws IOException {
    return Files.write(mounts.directory("files").resolve(name), new byte[1024 * 1024]);
  }

  private Slots slots(Path a, Path b) throws IOException {
    return slots(a, b, SystemFiles.HOST);
  }

  private Slots slots(Path a, Path b, SystemFiles system) throws IOException {
    return new Slots(Map.of(Slot.A, a, Slot.B, b), mounts.directory("notes"), system);
  }

  private Path loop(Path image, String... options) {
    List<String> command = new ArrayList<>(List.of("losetup", "--find", "--show"));
    command.addAll(List.of(options));
    command.add(image.toString());
    String device = Shell.must(command.toArray(String[]::new));
    mounts.atTheEnd("losetup", "-d", device);
    return Path.of(device);
  }
}

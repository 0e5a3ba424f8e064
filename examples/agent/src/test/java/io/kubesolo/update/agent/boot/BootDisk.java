package io.kubesolo.update.agent.boot;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.agent.testkit.GuidPartitionTable;
import io.kubesolo.update.agent.testkit.GuidPartitionTable.Partition;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The disk of an emulated device: a GPT with the partitions that grub.cfg names, which are the boot
 * partition (FAT) with GRUB's script and environment block, two slots, and the data partition (ext4)
 * with the device directory; and a partition for GRUB's image, which a BIOS starts.
 *
 * <p>It is read only while the device is off. The journal is replayed in a copy.
 */
final class BootDisk {
  /**
   * A sector of the partition "loader" that GRUB's image does not use; the sectors after it are
   * free too.
   */
  static final int SPARE_SECTOR = 1024;

  private static final Partition BOOT = new Partition(1, "boot", 2, 4);
  private static final Partition SLOT_A = new Partition(2, "slot-a", 8, BootKit.SLOT_MEBIBYTES);
  private static final Partition SLOT_B = new Partition(3, "slot-b", 24, BootKit.SLOT_MEBIBYTES);
  private static final Partition DATA = new Partition(4, "data", 40, 48);
  private static final Partition LOADER = new Partition(5, "loader", 1, 1);

  private static final int BOOT_CODE_BYTES = 440;
  /** The offset, in GRUB's first sector, of the place of the image. */
  private static final int IMAGE_SECTOR = 0x5c;
  /** The offset, in the first sector of the image, of the place of the rest. */
  private static final int REST_SECTOR = 0x1f4;

  private final Path folder;
  private final Path file;

  private BootDisk(Path folder) {
    this.folder = folder;
    file = folder.resolve("disk.img");
  }

  /**
   * Makes the disk of a device.
   *
   * @param folder the folder for the disk
   * @param data what the data partition holds: the device directory, named "update", from which the
   *     images of the slots and the boot environment are moved to where they belong
   */
  static BootDisk make(Path folder, BootKit kit, Path data) throws IOException {
    BootDisk disk = new BootDisk(folder);
    GuidPartitionTable.write(disk.file, List.of(BOOT, SLOT_A, SLOT_B, DATA, LOADER));
    disk.writeBootLoader(kit);
    Path device = data.resolve("update");
    disk.makeBootPartition(kit, device.resolve("grubenv"));
    disk.writeAt(SLOT_A.start(), Files.readAllBytes(device.resolve("slots/a.img")));
    disk.writeAt(SLOT_B.start(), Files.readAllBytes(device.resolve("slots/b.img")));
    for (String elsewhere : List.of("slots/a.img", "slots/b.img", "grubenv")) {
      Files.delete(device.resolve(elsewhere));
    }
    Shell.must(
        "mke2fs",
        "-q",
        "-F",
        "-t",
        "ext4",
        "-d",
        data.toString(),
        "-E",
        "offset=" + DATA.start(),
        disk.file.toString(),
        DATA.size() / 1024 + "k");
    return disk;
  }

  /** Does what grub-bios-setup does: the first sector finds GRUB's image, and that its own rest. */
  private void writeBootLoader(BootKit kit) throws IOException {
    long first = LOADER.start() / GuidPartitionTable.SECTOR;
    byte[] sector = kit.bootSector();
    ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN).putLong(IMAGE_SECTOR, first);
    byte[] image = kit.bootLoader();
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(REST_SECTOR, first + 1);
    writeAt(0, Arrays.copyOf(sector, BOOT_CODE_BYTES));
    writeAt(LOADER.start(), image);
  }

  private void makeBootPartition(BootKit kit, Path grubenv) throws IOException {
    Path script = Files.writeString(folder.resolve("grub.cfg"), kit.bootScript());
    String image = file + "@@" + BOOT.start();
    String sectors = Long.toString(BOOT.size() / GuidPartitionTable.SECTOR);
    Shell.must("mformat", "-i", image, "-T", sectors, "-h", "16", "-s", "32", "-c", "4", "::");
    Shell.must("mmd", "-i", image, "::/grub");
    Shell.must("mcopy", "-i", image, script.toString(), "::/grub/grub.cfg");
    Shell.must("mcopy", "-i", image, grubenv.toString(), "::/grub/grubenv");
  }

  private void writeAt(long place, byte[] bytes) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.seek(place);
      disk.write(bytes);
    }
  }

  Path file() {
    return file;
  }

  /** Returns the state, whose file must be valid. */
  UpdateState state() throws IOException {
    Path state = read("state.json").orElse(folder.resolve("none"));
    return StateFile.at(state)
        .read()
        .map(loaded -> loaded.state())
        .getOrElseThrow(failure -> new AssertionError(failure.message()));
  }

  /** Returns what the note of a slot says; none if there is no note. */
  Optional<SlotContent> content(String slot) throws IOException, Failure {
    Optional<Path> note = read("slots/" + slot + ".json");
    return note.isPresent()
        ? Optional.of(SmallFile.readJson(note.get(), SlotContent::of))
        : Optional.empty();
  }

  /** Returns the first bytes of a slot. */
  byte[] slot(String slot, int length) throws IOException {
    return readAt((slot.equals("a") ? SLOT_A : SLOT_B).start(), length);
  }

  /** Returns a sector of the partition "loader". */
  byte[] loaderSector(int sector) throws IOException {
    return readAt(
        LOADER.start() + (long) sector * GuidPartitionTable.SECTOR, GuidPartitionTable.SECTOR);
  }

  private byte[] readAt(long place, int length) throws IOException {
    byte[] bytes = new byte[length];
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "r")) {
      disk.seek(place);
      disk.readFully(bytes);
    }
    return bytes;
  }

  /** Returns the boot loader's variables. */
  BootEnvironment environment() throws IOException, Failure {
    Path copy = folder.resolve("grubenv");
    Files.deleteIfExists(copy);
    Shell.must("mcopy", "-n", "-i", file + "@@" + BOOT.start(), "::/grub/grubenv", copy.toString());
    return new BootEnvironmentFile(copy).read();
  }

  /** Copies a file out of the device directory; none if it does not exist. */
  private Optional<Path> read(String name) throws IOException {
    Path data = folder.resolve("data.img");
    try (FileChannel disk = FileChannel.open(file, StandardOpenOption.READ);
        FileChannel copy = FileChannel.open(
            data,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      disk.transferTo(DATA.start(), DATA.size(), copy);
    }
    Shell.Result check = Shell.run("e2fsck", "-fy", data.toString());
    if (check.code() > 1) {
      throw new AssertionError("the data partition is damaged: " + check);
    }
    Path read = folder.resolve("read-" + name.replace('/', '-'));
    Files.deleteIfExists(read);
    Shell.must("debugfs", "-R", "dump /update/" + name + " " + read, data.toString());
    return Files.exists(read) && Files.size(read) > 0 ? Optional.of(read) : Optional.empty();
  }
}

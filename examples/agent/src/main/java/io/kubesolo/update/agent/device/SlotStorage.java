package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The storage of a slot, an image file or a block device, and whether it is in use.
 *
 * @param path the path by which it was found
 * @param isDevice whether it is a block device
 * @param identity identifies it: the numbers of the device, or of file system and inode
 */
record SlotStorage(Path path, boolean isDevice, String identity) {
  static final String PARTITION_LABEL = "PARTLABEL=";
  private static final int FORMAT_MASK = 0xf000;
  private static final int BLOCK_DEVICE = 0x6000;
  private static final int REGULAR_FILE = 0x8000;

  /** Returns the path for a value of {@code slots} in device.json. */
  static Path locate(String value, Path dir, SystemFiles system) {
    return value.startsWith(PARTITION_LABEL)
        ? labels(system).resolve(udevName(value.substring(PARTITION_LABEL.length())))
        : dir.resolve(value);
  }

  private static Path labels(SystemFiles system) {
    return system.root().resolve("dev/disk/by-partlabel");
  }

  /** Returns a label as udev writes it into the name of a link. */
  private static String udevName(String label) {
    StringBuilder name = new StringBuilder();
    label.chars().forEach(c -> {
      boolean plain = c > '~' || Character.isLetterOrDigit(c) || "#+-.:=@_".indexOf(c) >= 0;
      name.append(plain ? Character.toString(c) : "\\x%02x".formatted(c));
    });
    return name.toString();
  }

  /**
   * Throws if a path is that of a label which several partitions have. Udev keeps a link to one of
   * them, which may be another one after the next boot.
   */
  static void requireOnlyOne(Path path, SystemFiles system) throws Failure {
    if (!path.startsWith(labels(system)) || Files.notExists(path)) {
      return;
    }
    SlotStorage found = at(path);
    String label = partitionName(found.identity, system);
    if (label.isEmpty()) {
      return;
    }
    for (String number : system.names("sys/dev/block")) {
      if (partitionName(number, system).equals(label)
          && !Extent.ofDevice(number, system).overlaps(found.extent(system))) {
        throw Failure.at(
            path,
            "%s and %s have the same label; give each partition a label of its own"
                .formatted(deviceName(found.identity, system), deviceName(number, system)));
      }
    }
  }

  /** Reads the storage at a path; follows links. */
  static SlotStorage at(Path path) throws Failure {
    try {
      int format = (int) Files.getAttribute(path, "unix:mode") & FORMAT_MASK;
      if (format == BLOCK_DEVICE) {
        return new SlotStorage(path, true, number((long) Files.getAttribute(path, "unix:rdev")));
      }
      if (format == REGULAR_FILE) {
        String inode =
            Files.getAttribute(path, "unix:dev") + "/" + Files.getAttribute(path, "unix:ino");
        return new SlotStorage(path, false, inode);
      }
      throw Failure.at(path, "is neither an image file nor a block device");
    } catch (NoSuchFileException e) {
      throw Failure.at(path, "does not exist");
    } catch (IOException e) {
      throw Failure.at(path, e);
    }
  }

  /** Returns the numbers of a device as the kernel writes them. */
  private static String number(long device) {
    long major = ((device >> 8) & 0xfff) | ((device >> 32) & ~0xfffL);
    long minor = (device & 0xff) | ((device >> 12) & ~0xffL);
    return major + ":" + minor;
  }

  /** Throws if the kernel refuses to write a block device, which it does not say when it is opened. */
  void requireWritable(SystemFiles system) throws Failure {
    if (isDevice && system.read("sys/dev/block/" + identity + "/ro").strip().equals("1")) {
      throw Failure.at(path, "is read-only");
    }
  }

  private static String partitionName(String number, SystemFiles system) {
    return uevent(number, "PARTNAME=", system);
  }

  private static String deviceName(String number, SystemFiles system) {
    return uevent(number, "DEVNAME=", system);
  }

  /** Returns a variable of the kernel's event for a block device; empty if it has none. */
  private static String uevent(String number, String key, SystemFiles system) {
    return system
        .read("sys/dev/block/" + number + "/uevent")
        .lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .findFirst()
        .orElse("");
  }

  /**
   * Throws if the storage is in use: mounted, swap space, or part of another block device. The same
   * holds for each block device that shares bytes with it: its partitions, its disk, loop devices.
   */
  void requireUnused(SystemFiles system) throws Failure {
    Set<String> numbers = sharing(system);
    for (String number : numbers) {
      for (String holder : system.names("sys/dev/block/" + number + "/holders")) {
        throw Failure.at(path, "is in use by " + holder);
      }
    }
    if (!numbers.isEmpty()) {
      requireNotMounted(system, numbers);
    }
  }

  /** Returns the numbers of the block devices that share bytes with this storage. */
  private Set<String> sharing(SystemFiles system) {
    Extent own = extent(system);
    Set<String> numbers = new LinkedHashSet<>();
    if (isDevice) {
      numbers.add(identity);
    }
    for (String number : system.names("sys/dev/block")) {
      if (Extent.ofDevice(number, system).overlaps(own)) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  /** Returns whether another storage shares bytes with this one, or with a device that this one consists of. */
  boolean overlaps(SlotStorage other, SystemFiles system) {
    Extent extent = other.extent(system);
    return extent.overlaps(extent(system))
        || components(identity, system).stream()
            .anyMatch(number -> Extent.ofDevice(number, system).overlaps(extent));
  }

  /** Returns the numbers of the block devices that a device of the device mapper consists of. */
  private static Set<String> components(String number, SystemFiles system) {
    String directory = "sys/dev/block/" + number + "/slaves";
    Set<String> numbers = new LinkedHashSet<>();
    for (String name : system.names(directory)) {
      String component = system.read(directory + "/" + name + "/dev").strip();
      numbers.add(component);
      numbers.addAll(components(component, system));
    }
    return numbers;
  }

  /**
   * Throws if this and the running slot are partitions of different disks: the boot script starts both from
   * the disk that GRUB itself was started from.
   */
  void requireDiskOf(SlotStorage running, SystemFiles system) throws Failure {
    String disk = disk(system);
    String other = running.disk(system);
    if (!disk.isEmpty() && !other.isEmpty() && !disk.equals(other)) {
      throw Failure.at(
          path,
          "is on another disk than the running slot, " + running.path
              + ", and would not be booted");
    }
  }

  /** Returns the numbers of the disk of a partition; empty for any other storage. */
  private String disk(SystemFiles system) {
    return partition(system).isEmpty()
        ? ""
        : system.read("sys/dev/block/" + identity + "/../dev").strip();
  }

  /** Returns the number of a partition on its disk; empty for any other storage. */
  String partition(SystemFiles system) {
    return isDevice ? system.read("sys/dev/block/" + identity + "/partition").strip() : "";
  }

  private Extent extent(SystemFiles system) {
    return isDevice ? Extent.ofDevice(identity, system) : Extent.whole(identity);
  }

  /**
   * The bytes that a block device or a file consists of.
   *
   * @param root the file or the disk that they are in
   * @param start the offset of the first one
   * @param end the offset after the last one
   */
  private record Extent(String root, long start, long end) {
    private static final int SECTOR = 512;

    static Extent whole(String root) {
      return new Extent(root, 0, Long.MAX_VALUE);
    }

    static Extent ofDevice(String number, SystemFiles system) {
      String directory = "sys/dev/block/" + number + "/";
      long size = SECTOR * number(system.read(directory + "size"));
      String file = system.read(directory + "loop/backing_file").stripTrailing();
      if (!file.isEmpty()) {
        return behind(number, Path.of(file), system)
            .part(number(system.read(directory + "loop/offset")), size);
      }
      String disk = system.read(directory + "../dev").strip();
      boolean isPartition = !system.read(directory + "partition").isEmpty() && !disk.isEmpty();
      return isPartition
          ? ofDevice(disk, system).part(SECTOR * number(system.read(directory + "start")), size)
          : whole(number);
    }

    /** Returns the extent of a loop device's file; the device itself if the file is not found. */
    private static Extent behind(String loop, Path file, SystemFiles system) {
      try {
        return at(file).extent(system);
      } catch (Failure e) {
        return whole(loop);
      }
    }

    private static long number(String text) {
      String digits = text.strip();
      return digits.matches("[0-9]{1,15}") ? Long.parseLong(digits) : 0;
    }

    private Extent part(long offset, long size) {
      long last = size == 0 ? end : Math.min(end, start + offset + size);
      return new Extent(root, start + offset, last);
    }

    boolean overlaps(Extent other) {
      return root.equals(other.root) && start < other.end && other.start < end;
    }
  }

  private void requireNotMounted(SystemFiles system, Set<String> numbers) throws Failure {
    String mounts = system.read("proc/self/mountinfo");
    if (mounts.isEmpty()) {
      throw Failure.at(path, "may be mounted: /proc/self/mountinfo cannot be read");
    }
    for (String line : mounts.lines().toList()) {
      String[] fields = line.split(" ", -1);
      String[] source = line.substring(line.indexOf(" - ") + 3).split(" ", -1);
      if (numbers.contains(fields[2]) || isOneOf(numbers, source[1])) {
        throw Failure.at(path, "is mounted on " + decoded(fields[4]));
      }
    }
    for (String line : system.read("proc/swaps").lines().skip(1).toList()) {
      if (isOneOf(numbers, line.split("\\s", 2)[0])) {
        throw Failure.at(path, "is used as swap space");
      }
    }
  }

  private static boolean isOneOf(Set<String> numbers, String device) {
    try {
      return device.startsWith("/")
          && numbers.contains(
              number((long) Files.getAttribute(Path.of(decoded(device)), "unix:rdev")));
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns a field of the kernel's tables, in which some characters are octal numbers. */
  private static String decoded(String field) {
    return field.indexOf('\\') < 0
        ? field
        : Pattern.compile("\\\\([0-7]{3})")
            .matcher(field)
            .replaceAll(match ->
                Matcher.quoteReplacement(Character.toString(Integer.parseInt(match.group(1), 8))));
  }
}

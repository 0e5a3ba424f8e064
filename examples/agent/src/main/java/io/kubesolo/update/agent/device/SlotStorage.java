package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a slot is stored on, an image file or a block device, and whether it is in use.
 *
 * @param path where it was found
 * @param isDevice whether it is a block device
 * @param identity tells it from all others: the numbers of the device, or of file system and inode
 */
record SlotStorage(Path path, boolean isDevice, String identity) {
  static final String PARTITION_LABEL = "PARTLABEL=";
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
  private static final int FORMAT_MASK = 0xf000;
  private static final int BLOCK_DEVICE = 0x6000;
  private static final int REGULAR_FILE = 0x8000;

  /** Returns the path that a value of {@code slots} in device.json means. */
  static Path locate(String value, Path dir, SystemFiles system) {
    return value.startsWith(PARTITION_LABEL)
        ? system
            .root()
            .resolve("dev/disk/by-partlabel")
            .resolve(udevName(value.substring(PARTITION_LABEL.length())))
        : dir.resolve(value);
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

  /** Looks at a path, links followed. */
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

  /**
   * Throws if the storage is in use: mounted, swap space, or part of another block device. The same
   * holds for a partition of it, and for a loop device over it.
   */
  void requireUnused(SystemFiles system) throws Failure {
    Set<String> numbers = isDevice ? withPartitions(system, identity) : loopDevices(system);
    for (String number : numbers) {
      for (String holder : system.names("sys/dev/block/" + number + "/holders")) {
        throw Failure.at(path, "is in use by " + holder);
      }
    }
    if (!numbers.isEmpty()) {
      requireNotMounted(system, numbers);
    }
  }

  private static Set<String> withPartitions(SystemFiles system, String number) {
    Set<String> numbers = new HashSet<>(Set.of(number));
    String directory = "sys/dev/block/" + number + "/";
    for (String name : system.names(directory)) {
      String partition = system.read(directory + name + "/partition").strip();
      if (!partition.isEmpty()) {
        numbers.add(system.read(directory + name + "/dev").strip());
      }
    }
    return numbers;
  }

  private Set<String> loopDevices(SystemFiles system) {
    Set<String> numbers = new HashSet<>();
    for (String name : system.names("sys/block")) {
      String file = system.read("sys/block/" + name + "/loop/backing_file").stripTrailing();
      if (!file.isEmpty() && isSameAs(Path.of(file))) {
        numbers.addAll(
            withPartitions(system, system.read("sys/block/" + name + "/dev").strip()));
      }
    }
    return numbers;
  }

  /** Returns whether another path leads to this storage. */
  boolean isSameAs(Path file) {
    try {
      return identity.equals(at(file).identity);
    } catch (Failure e) {
      return false;
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
    return OCTAL
        .matcher(field)
        .replaceAll(match ->
            Matcher.quoteReplacement(Character.toString(Integer.parseInt(match.group(1), 8))));
  }
}

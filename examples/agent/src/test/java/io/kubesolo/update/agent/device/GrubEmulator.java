package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.GuidPartitionTable;
import io.kubesolo.update.agent.testkit.GuidPartitionTable.Partition;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GRUB itself, as a user program, on an image of a disk as a device has it: a GPT with a FAT partition
 * that holds grub.cfg and grubenv, and two ext4 partitions with a kernel or without.
 *
 * <p>GRUB as a user program has no commands that load a kernel. Functions of their names stand in:
 * they load what is a file with content, and starting it prints its command line.
 */
final class GrubEmulator {
  /** The tools that this needs. */
  static final List<String> TOOLS = List.of("grub-emu", "mformat", "mke2fs");

  private static final Path SCRIPT = Path.of("grub.cfg");
  private static final String LOADER = """
      function linux {
        if test -s "$1"; then
          set command_line="$*"
        else
          false
        fi
      }
      function initrd {
        if test -s "$1"; then
          echo "<BOOT $command_line initrd=$1>"
          exit
        else
          false
        fi
      }
      source $prefix/device.cfg
      exit
      """;

  private static final List<Partition> PARTITIONS = List.of(
      new Partition(1, "boot", 1, 1), new Partition(2, "a", 2, 1), new Partition(3, "b", 3, 1));
  private static final Pattern BOOT = Pattern.compile(
      "<BOOT (\\S+) update_agent\\.slot=([ab]) update_agent\\.partition=(\\S+) ([^<>]*) initrd=(\\S+)>");

  private final Path dir;
  private final Path disk;
  private final String boot;

  /**
   * The offset on the disk of the content of a grubenv of the usual size; -1 if there is none now.
   */
  private long place = -1;

  private boolean onTrial;

  /**
   * Makes the disk.
   *
   * @param kernels the slots that have a kernel and an initramfs
   */
  GrubEmulator(Path dir, Set<Slot> kernels) throws IOException {
    this(dir, kernels, kernels);
  }

  /**
   * Makes the disk.
   *
   * @param kernels the slots that have a kernel
   * @param initramfs the slots that have an initramfs
   */
  GrubEmulator(Path dir, Set<Slot> kernels, Set<Slot> initramfs) throws IOException {
    this.dir = Files.createDirectories(dir);
    disk = dir.resolve("disk.img");
    boot = disk + "@@" + GuidPartitionTable.MEBIBYTE;
    Files.write(dir.resolve("device.map"), ("(hd0) " + disk + "\n").getBytes(UTF_8));
    Files.writeString(dir.resolve("loader"), LOADER);
    GuidPartitionTable.write(disk, PARTITIONS);
    run("mformat", "-i", boot, "-T", "2048", "-h", "16", "-s", "32", "-c", "4", "::");
    run("mmd", "-i", boot, "::/grub");
    run("mcopy", "-i", boot, dir.resolve("loader").toString(), "::/grub/grub.cfg");
    run("mcopy", "-i", boot, SCRIPT.toString(), "::/grub/device.cfg");
    for (Slot slot : Slot.values()) {
      Path files = Files.createDirectories(dir.resolve("slot-" + slot));
      if (kernels.contains(slot)) {
        Files.writeString(files.resolve("vmlinuz"), "kernel");
      }
      if (initramfs.contains(slot)) {
        Files.writeString(files.resolve("kubesolo-os.gz"), "initramfs");
      }
      makeSlot(slot, files);
    }
  }

  private void makeSlot(Slot slot, Path files) throws IOException {
    int start = partition(slot) * GuidPartitionTable.MEBIBYTE;
    run(
        "mke2fs",
        "-q",
        "-F",
        "-t",
        "ext4",
        "-O",
        "^has_journal,^metadata_csum",
        "-d",
        files.toString(),
        "-E",
        "offset=" + start,
        disk.toString(),
        "1024k");
  }

  private static int partition(Slot slot) {
    return slot == Slot.A ? 2 : 3;
  }

  /** Sets the content of grubenv; none removes the file. */
  void setEnvironment(Optional<byte[]> content) throws IOException {
    if (place >= 0
        && content.filter(bytes -> bytes.length == GrubEnvironmentBlock.SIZE).isPresent()) {
      try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
        file.seek(place);
        file.write(content.get());
      }
      return;
    }
    if (environment().isPresent()) {
      run("mdel", "-i", boot, "::/grub/grubenv");
    }
    place = -1;
    if (content.isPresent() && content.get().length == GrubEnvironmentBlock.SIZE) {
      byte[] marker = "?".repeat(GrubEnvironmentBlock.SIZE).getBytes(US_ASCII);
      copyEnvironment(marker);
      place =
          new String(Files.readAllBytes(disk), ISO_8859_1).indexOf(new String(marker, ISO_8859_1));
      assertThat(place).as("grubenv's place on the disk").isPositive();
      setEnvironment(content);
    } else if (content.isPresent()) {
      copyEnvironment(content.get());
    }
  }

  private void copyEnvironment(byte[] content) throws IOException {
    Path file = Files.write(dir.resolve("grubenv"), content);
    run("mcopy", "-i", boot, file.toString(), "::/grub/grubenv");
  }

  /** Returns the content of grubenv, none if there is no such file. */
  Optional<byte[]> environment() throws IOException {
    if (place >= 0) {
      byte[] content = new byte[GrubEnvironmentBlock.SIZE];
      try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "r")) {
        file.seek(place);
        file.readFully(content);
      }
      return Optional.of(content);
    }
    Path file = dir.resolve("read");
    Files.deleteIfExists(file);
    List<String> command = List.of("mcopy", "-n", "-i", boot, "::/grub/grubenv", file.toString());
    return exitCode(command, dir.resolve("said")) == 0
        ? Optional.of(Files.readAllBytes(file))
        : Optional.empty();
  }

  /** Powers the device on. Returns the slot whose kernel starts, or none if GRUB reboots instead. */
  Optional<Slot> boot() throws IOException {
    List<String> command = List.of(
        "grub-emu", "-m", dir.resolve("device.map").toString(), "-r", "hd0,gpt1", "-d", "/grub");
    Path said = dir.resolve("said");
    assertThat(exitCode(command, said)).as("exit code of GRUB").isZero();
    Matcher boot = BOOT.matcher(Files.readString(said, ISO_8859_1));
    if (!boot.find()) {
      return Optional.empty();
    }
    Slot slot = Slot.of(boot.group(2)).get();
    String partition = "(hd0,%d)".formatted(partition(slot));
    assertThat(boot.group(1)).isEqualTo(partition + "/vmlinuz");
    assertThat(boot.group(3)).isEqualTo(Integer.toString(partition(slot)));
    assertThat(boot.group(5)).isEqualTo(partition + "/kubesolo-os.gz");
    onTrial = List.of(boot.group(4).split(" ", -1)).contains("update_agent.trial");
    return Optional.of(slot);
  }

  /** Returns whether GRUB passed {@code update_agent.trial} to the kernel in the last boot. */
  boolean isOnTrial() {
    return onTrial;
  }

  private void run(String... command) throws IOException {
    Path said = dir.resolve("said");
    assertThat(exitCode(List.of(command), said))
        .as("%s: %s", List.of(command), Files.readString(said, ISO_8859_1))
        .isZero();
  }

  private static int exitCode(List<String> command, Path said) throws IOException {
    Process process = new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
    try {
      if (process.waitFor(20, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      throw new AssertionError("still running: " + command);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted: " + command, e);
    } finally {
      process.destroyForcibly();
    }
  }
}

package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BootEnvironmentFileTest {
  private static final String WHOLE =
      "active_slot=A\nboot_counter=2\nboot_success=0\nupdate_target=v2\nsaved_entry=x\n";

  private final List<String> warnings = new ArrayList<>();

  @TempDir
  Path dir;

  @Test
  void changesTheFileInPlaceThroughALink() throws Exception {
    Path target = Files.write(dir.resolve("target"), block(WHOLE));
    Path link = Files.createSymbolicLink(dir.resolve("grubenv"), target);
    Object inode = Files.getAttribute(target, "unix:ino");
    BootEnvironmentFile file = new BootEnvironmentFile(link);

    file.write(file.read().switchedTo(Slot.B, "v3", 3));

    assertThat(link).isSymbolicLink();
    assertThat(Files.getAttribute(target, "unix:ino")).isEqualTo(inode);
    assertThat(text(target))
        .startsWith("# GRUB Environment Block\nactive_slot=B\nboot_counter=3\nboot_success=0\n"
            + "update_target=v3\nsaved_entry=x\n####")
        .hasSize(1024);
    try (var files = Files.list(dir)) {
      assertThat(files).containsExactlyInAnyOrder(target, link);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {70_000, 2_000_000})
  void marksGoodInALargeFile(int size) throws Exception {
    String block = "# GRUB Environment Block\n" + WHOLE;
    Path file = Files.writeString(
        dir.resolve("grubenv"), block + "#".repeat(size - block.length()), ISO_8859_1);
    BootEnvironmentFile environment = new BootEnvironmentFile(file);

    environment.write(environment.settle(Slot.A, 3, warnings::add).markedGood(3));

    assertThat(warnings).isEmpty();
    assertThat(environment.read()).matches(env -> env.active() == Slot.A && env.good());
    assertThat(text(file)).contains("\nsaved_entry=x\n").hasSize(Math.min(size, 1024 * 1024));
  }

  @Test
  void changesTheFileInPlaceOnABindMount() throws Exception {
    Tools.assumeRoot();
    try (Mounts mounts = new Mounts()) {
      Path boot = mounts.directory("boot");
      Path source = Files.write(boot.resolve("grubenv"), block(WHOLE));
      Path mounted = Files.createFile(mounts.directory("device").resolve("grubenv"));
      Shell.must("mount", "--bind", source.toString(), mounted.toString());
      mounts.atTheEnd("umount", mounted.toString());
      BootEnvironmentFile file = new BootEnvironmentFile(mounted);

      file.write(file.read().markedGood(3));

      assertThat(text(source)).contains("\nboot_success=1\n").doesNotContain("update_target");
    }
  }

  @Test
  void marksGoodOnAFullFileSystem() throws Exception {
    Tools.assumeRoot();
    Tools.assumePresent("mkfs.ext4");
    try (Mounts mounts = new Mounts()) {
      Path disk = mounts.mount("disk", "-o", "loop", mounts.image("ext4", 4).toString());
      BootEnvironmentFile file = new BootEnvironmentFile(disk.resolve("grubenv"));
      Files.write(file.path(), block(WHOLE));
      assertThatThrownBy(() -> {
            while (true) {
              Files.write(
                  disk.resolve("filler"),
                  new byte[4096],
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND);
            }
          })
          .hasMessageContaining("No space left");

      file.write(file.read().markedGood(3));

      assertThat(file.read().good()).isTrue();
    }
  }

  @Test
  void changesTheFileByOneWriteAndAnFsync() throws Exception {
    Tools.assumePresent("strace");
    Path path = Files.write(dir.resolve("grubenv"), block(WHOLE));
    Path log = dir.resolve("log");

    Shell.must(
        "strace",
        "-f",
        "-qq",
        "-e",
        "signal=none",
        "-P",
        path.toString(),
        "-o",
        log.toString(),
        "-e",
        "trace=write,pwrite64,fsync,fdatasync,truncate,ftruncate,rename,unlink",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Writer.class.getName(),
        path.toString());

    assertThat(Files.readAllLines(log)).hasSize(2);
    assertThat(Files.readAllLines(log).get(0)).contains("write(").endsWith(", 1024) = 1024");
    assertThat(Files.readAllLines(log).get(1)).contains("fsync(").endsWith(" = 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "022", "077", "777"})
  void createsAFileThatAllMayReadUnderEveryUmask(String umask) throws Exception {
    Path path = dir.resolve("grubenv");

    Shell.must(
        "sh",
        "-c",
        "umask " + umask + "; exec \"$@\"",
        "sh",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Creator.class.getName(),
        path.toString());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r--r--");
  }

  /** Creates a missing grubenv, in a process of its own. */
  static final class Creator {
    private Creator() {}

    public static void main(String[] arguments) throws Failure {
      new BootEnvironmentFile(Path.of(arguments[0])).settle(Slot.A, 3, warning -> {});
    }
  }

  /** Marks the active slot of a grubenv good, in a process of its own. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws Failure {
      BootEnvironmentFile file = new BootEnvironmentFile(Path.of(arguments[0]));
      file.write(file.read().markedGood(3));
    }
  }

  /** Simulates torn writes: a disk writes a sector of 512 bytes completely or not at all. */
  @Test
  void losesNoKeyOfOursToATornWrite() throws Exception {
    BootEnvironment before = BootEnvironment.parse(
        block("other=" + "o".repeat(500) + "\n" + WHOLE + "last=" + "l".repeat(300) + "\n"));
    BootEnvironment settled = BootEnvironment.parse(before.toBytes());
    BootEnvironment after = settled.switchedTo(Slot.B, "v".repeat(64), 3);
    byte[] old = settled.toBytes();
    byte[] next = after.toBytes();
    for (byte[][] halves : new byte[][][] {{next, old}, {old, next}}) {
      byte[] torn = halves[0].clone();
      System.arraycopy(halves[1], 512, torn, 512, 512);

      BootEnvironment read = BootEnvironment.parse(torn);

      BootEnvironment expected = halves[0] == next ? after : settled;
      assertThat(read.active()).isEqualTo(expected.active());
      assertThat(read.counter()).isEqualTo(expected.counter());
      assertThat(read.good()).isEqualTo(expected.good());
      assertThat(read.updateTarget()).isEqualTo(expected.updateTarget());
      assertThat(read.isSound()).isTrue();
    }
    assertThat(before.isSound()).as("keys in the second sector").isFalse();
    assertThat(settled.isSound()).isTrue();
  }

  @Test
  void writesADamagedBlockAnewWithAWarning() throws Exception {
    List<byte[]> damaged = List.of(
        new byte[0],
        new byte[1024],
        new byte[4096],
        Arrays.copyOf(block(WHOLE), 512),
        block(WHOLE.replace("=A", "=c")),
        block("saved_entry=x\n"));
    for (byte[] content : damaged) {
      BootEnvironmentFile file = new BootEnvironmentFile(dir.resolve("grubenv"));
      Files.write(file.path(), content);
      warnings.clear();

      BootEnvironment environment = file.settle(Slot.B, 5, warnings::add);

      assertThat(warnings).hasSize(1);
      assertThat(warnings.get(0))
          .startsWith(file.path() + ": ")
          .endsWith("; replaced by a new one: slot b boots next and is not marked good");
      assertThat(environment.active()).isEqualTo(Slot.B);
      assertThat(text(file.path()))
          .startsWith("# GRUB Environment Block\nactive_slot=b\nboot_counter=5\nboot_success=0\n")
          .doesNotContain("update_target")
          .hasSize(1024);
    }
    assertThat(text(dir.resolve("grubenv"))).as("other keys").contains("\nsaved_entry=x\n");
  }

  @Test
  void saysThatTheKeysOfOtherProgramsHaveNoRoom() throws Exception {
    BootEnvironmentFile file = new BootEnvironmentFile(dir.resolve("grubenv"));
    Files.write(file.path(), block("x=" + "x".repeat(990) + "\n"));

    file.settle(Slot.B, 5, warnings::add);

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .endsWith("slot b boots next and is not marked good; the keys of other programs are lost");
    assertThat(text(file.path())).doesNotContain("x=").hasSize(1024);
  }

  @Test
  void createsAMissingFile() throws Exception {
    BootEnvironmentFile file = new BootEnvironmentFile(dir.resolve("grubenv"));

    file.settle(Slot.A, 3, warnings::add);

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("grubenv: does not exist; replaced by a new one");
    assertThat(file.read().active()).isEqualTo(Slot.A);
    assertThat(file.read().good()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void createsAMissingFileThroughLinks(boolean isAbsolute) throws Exception {
    Path esp = Files.createDirectories(dir.resolve("esp/grub"));
    Path second = Files.createSymbolicLink(dir.resolve("second"), Path.of("esp/grub/env"));
    Path link = Files.createSymbolicLink(
        Files.createDirectory(dir.resolve("boot")).resolve("grubenv"),
        isAbsolute ? second : Path.of("../second"));
    BootEnvironmentFile file = new BootEnvironmentFile(link);

    file.settle(Slot.B, 3, warnings::add);

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("grubenv: does not exist; replaced by a new one");
    assertThat(link).isSymbolicLink();
    assertThat(second).isSymbolicLink();
    assertThat(esp.resolve("env")).isRegularFile();
    file.write(file.read().markedGood(3));
    assertThat(text(esp.resolve("env"))).contains("\nactive_slot=b\n").contains("boot_success=1");
  }

  @Test
  void leavesASoundFileAsItIs() throws Exception {
    BootEnvironmentFile file = new BootEnvironmentFile(dir.resolve("grubenv"));
    byte[] content = block("# comment\n" + WHOLE);
    Files.write(file.path(), content);

    BootEnvironment environment = file.settle(Slot.B, 3, warnings::add);

    assertThat(environment.active()).isEqualTo(Slot.A);
    assertThat(warnings).isEmpty();
    assertThat(Files.readAllBytes(file.path())).isEqualTo(content);
  }

  @Test
  void writesABlockAnewThatGrubCannotChange() throws Exception {
    for (String lines : List.of(
        WHOLE + "no end", "boot_counter=1\n" + WHOLE, "x=" + "y".repeat(600) + "\n" + WHOLE)) {
      BootEnvironmentFile file = new BootEnvironmentFile(dir.resolve("grubenv"));
      Files.write(file.path(), block(lines));
      warnings.clear();

      file.settle(Slot.B, 3, warnings::add);

      assertThat(warnings).hasSize(1);
      BootEnvironment read = file.read();
      assertThat(read.isSound()).isTrue();
      assertThat(read.active()).isEqualTo(Slot.A);
      assertThat(read.counter()).isEqualTo(2);
      assertThat(read.updateTarget()).contains("v2");
    }
  }

  @Test
  void saysInOneLineWhatIsNoFile() throws Exception {
    Path path = dir.resolve("grubenv");
    BootEnvironmentFile file = new BootEnvironmentFile(path);

    Files.createSymbolicLink(path, Path.of("nowhere/grubenv"));
    assertFailure(
        file,
        path + ": is a link to a file that does not exist; its directory does not exist; is the"
            + " boot partition mounted?");
    assertThat(dir.resolve("nowhere")).doesNotExist();
    Files.delete(path);

    Files.createSymbolicLink(path, path);
    assertFailure(file, path + ": too many levels of links");
    Files.delete(path);

    Files.createDirectory(path);
    assertFailure(file, path + ": is not a regular file");
    Files.delete(path);

    Shell.must("mkfifo", path.toString());
    assertFailure(file, path + ": is not a regular file");

    Path unmounted = dir.resolve("boot/grub/grubenv");
    assertFailure(
        new BootEnvironmentFile(unmounted),
        unmounted + ": its directory does not exist; is the boot partition mounted?");
  }

  /** Checks that a file whose attributes cannot be read is not taken for a missing one. */
  @Test
  void replacesNoFileThatCannotBeLookedAt() throws Exception {
    Path path = dir.resolve("x".repeat(300));
    BootEnvironmentFile file = new BootEnvironmentFile(path);

    assertThat(messageOf(() -> file.settle(Slot.A, 3, warnings::add)))
        .isEqualTo(path + ": file name too long");
    assertThat(warnings).isEmpty();
  }

  @Test
  void saysInOneLineThatTheFileSystemIsReadOnly() throws Exception {
    Tools.assumeRoot();
    try (Mounts mounts = new Mounts()) {
      Path disk = mounts.mount("disk", "-t", "tmpfs", "none");
      BootEnvironmentFile file = new BootEnvironmentFile(disk.resolve("grubenv"));
      Files.write(file.path(), block(WHOLE));
      Shell.must("mount", "-o", "remount,ro", disk.toString());
      BootEnvironment environment = file.read();

      assertThatThrownBy(() -> file.write(environment.markedGood(3)))
          .isInstanceOf(Failure.class)
          .hasMessage(file.path() + ": read-only file system");
    }
  }

  private void assertFailure(BootEnvironmentFile file, String message) {
    assertThatThrownBy(() -> file.settle(Slot.A, 3, warnings::add))
        .isInstanceOf(Failure.class)
        .hasMessage(message);
    assertThat(warnings).isEmpty();
  }

  private static String text(Path path) throws IOException {
    return Files.readString(path, ISO_8859_1);
  }

  private static byte[] block(String lines) {
    String text = "# GRUB Environment Block\n" + lines;
    return (text + "#".repeat(1024 - text.length())).getBytes(ISO_8859_1);
  }
}

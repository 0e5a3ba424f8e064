package io.kubesolo.update.agent.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all emulated devices have in common: Debian's kernel, a file system with a Java runtime and the
 * packaged agent, GRUB, and the images of versions.
 *
 * <p>An image is a kernel and an initramfs, 16 MB. The runtime and the agent lie on a disk of their own,
 * which is mounted at /usr: within an image they would make it 100 MB, and the emulated processor takes
 * a minute to download, hash and write as much.
 */
final class BootKit {
  /** The size of a slot, and of an image. */
  static final int SLOT_MEBIBYTES = 16;

  private static final Path RESOURCES = Path.of("src/test/resources/boot").toAbsolutePath();
  private static final Path FOLDER = Path.of("target/boot").toAbsolutePath();
  private static final Path BOOT_SECTOR = Path.of("/usr/lib/grub/i386-pc/boot.img");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> TOOLS = List.of(
      "qemu-system-x86_64",
      "grub-mkimage",
      "busybox",
      "cpio",
      "mcopy",
      "mke2fs",
      "debugfs",
      "strace",
      "apt-get",
      "dpkg-deb");

  private static Optional<BootKit> built = Optional.empty();

  private final Map<String, byte[]> images = new LinkedHashMap<>();

  private BootKit() {}

  /** Builds everything, once, or skips the test if a tool is missing. */
  static synchronized BootKit get() throws IOException {
    if (built.isEmpty()) {
      built = Optional.of(build());
    }
    return built.get();
  }

  private static BootKit build() throws IOException {
    Tools.assumeRoot();
    Tools.assume(
        System.getProperty("os.arch").equals("amd64"),
        "an emulated device is a PC that runs this machine's Java, which is not for x86-64");
    TOOLS.forEach(Tools::assumePresent);
    Tools.assume(Files.exists(BOOT_SECTOR), BOOT_SECTOR + " (grub-pc-bin) is not installed");
    Files.createDirectories(FOLDER);
    script("kernel.sh", kernel());
    script("initramfs.sh", RESOURCES, kernel(), FOLDER);
    script(
        "usr.sh",
        Path.of(System.getProperty("java.home")),
        Path.of("update-agent").toAbsolutePath(),
        Path.of("target/update-agent.jar").toAbsolutePath(),
        FOLDER);
    makeBootLoader();
    return new BootKit();
  }

  private static void script(String name, Object... arguments) {
    List<String> command = new ArrayList<>(List.of("sh", RESOURCES.resolve(name).toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Shell.must(LIMIT, command);
  }

  private static void makeBootLoader() {
    List<String> command = new ArrayList<>(List.of(
        "grub-mkimage",
        "--format=i386-pc",
        "--prefix=(hd0,gpt1)/grub",
        "--config=" + RESOURCES.resolve("grub-console.cfg"),
        "--output=" + FOLDER.resolve("core.img")));
    command.addAll(List.of("biosdisk", "serial", "terminal", "part_gpt", "fat", "ext2", "normal"));
    command.addAll(List.of("loadenv", "test", "regexp", "linux", "boot", "reboot"));
    Shell.must(LIMIT, command);
  }

  private static Path kernel() {
    return FOLDER.resolve("kernel");
  }

  /** Returns the file system that is mounted at /usr. */
  Path usr() {
    return FOLDER.resolve("usr.img");
  }

  /** Returns GRUB's first sector. */
  byte[] bootSector() throws IOException {
    return Files.readAllBytes(BOOT_SECTOR);
  }

  /** Returns GRUB's image, which the first sector loads. */
  byte[] bootLoader() throws IOException {
    return Files.readAllBytes(FOLDER.resolve("core.img"));
  }

  /** Returns the script that a device boots with: grub.cfg with a serial console. */
  String bootScript() throws IOException {
    String arguments =
        "set arguments=\"panic=1 nokaslr quiet console=ttyS0 random.trust_cpu=on mitigations=off\"";
    return Files.readString(Path.of("grub.cfg")).replaceFirst("(?m)^set arguments=.*$", arguments);
  }

  /** Makes an empty folder for the files of a device. */
  Path newFolder(String name) throws IOException {
    Path folder = FOLDER.resolve(name);
    Shell.must("rm", "-rf", folder.toString());
    return Files.createDirectories(folder);
  }

  /** Returns the image of a version that passes its health check. */
  byte[] goodImage(String version) throws IOException {
    return image("good", version, Map.of("etc/health-check", "echo healthy\n"));
  }

  /** Returns the image of a version that fails its health check. */
  byte[] unhealthyImage(String version) throws IOException {
    return image("unhealthy", version, Map.of("etc/health-check", "echo no network\nexit 1\n"));
  }

  /** Returns the image of a version whose kernel panics. */
  byte[] panickingImage(String version) throws IOException {
    return image(
        "panicking", version, Map.of("init", Files.readString(RESOURCES.resolve("broken-init"))));
  }

  private synchronized byte[] image(String kind, String version, Map<String, String> files)
      throws IOException {
    String name = kind + "-" + version;
    byte[] known = images.get(name);
    if (known != null) {
      return known;
    }
    Path root = newFolder(name);
    Map<String, String> all = new LinkedHashMap<>(files);
    all.put("etc/os-release", "ID=kubesolo-os\nVERSION_ID=" + version + "\n");
    for (Map.Entry<String, String> file : all.entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(path.resolveSibling("."));
      Files.write(path, file.getValue().getBytes(UTF_8));
      Shell.must("chmod", "755", path.toString());
    }
    Path image = FOLDER.resolve(name + ".img");
    Path common = FOLDER.resolve("initramfs.gz");
    script("image.sh", kernel(), common, root, SLOT_MEBIBYTES + "M", image);
    byte[] bytes = Files.readAllBytes(image);
    images.put(name, bytes);
    return bytes;
  }
}

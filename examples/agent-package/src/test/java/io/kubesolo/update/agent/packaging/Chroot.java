package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A minimal Debian system, in which a test installs packages. The system itself is made once by
 * debootstrap and kept, and each package is installed once; what a test changes is in a layer over
 * that, which is deleted afterwards. Nothing is flushed to the disk, which takes half of the time
 * of dpkg.
 */
final class Chroot implements AutoCloseable {
  private static final Path FOLDER = Path.of("target/chroot").toAbsolutePath();
  private static final Path BASE = FOLDER.resolve("base");
  private static final Path SOURCES = Path.of("/etc/apt/sources.list.d/debian.sources");
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** Runs a command in a directory as if it were the root directory, with processes of its own. */
  private static final String ENTER = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";

  /** What the installation of a package said, by the name of the package. */
  private static final Map<String, String> INSTALLED = new HashMap<>();

  private final Path layer;
  private final Path root;
  private final List<Path> below;

  private Chroot(Path layer, List<Path> below) {
    this.layer = layer;
    this.root = layer.resolve("root");
    this.below = below;
  }

  /** Makes a system of which nothing was changed. */
  static synchronized Chroot fresh() throws Exception {
    Tools.assumeRoot();
    Tools.assumePresent("debootstrap");
    Tools.assumePresent("unshare");
    if (!Files.exists(BASE)) {
      makeBase();
    }
    return over(List.of(BASE));
  }

  /** Makes a system in which a package was installed, and nothing else was changed. */
  static synchronized Chroot with(DebianPackage debianPackage) throws Exception {
    saidInstalling(debianPackage);
    return over(List.of(installed(debianPackage), BASE));
  }

  /** Returns what the installation of a package said. */
  static synchronized String saidInstalling(DebianPackage debianPackage) throws Exception {
    @Nullable String known = INSTALLED.get(debianPackage.name());
    if (known != null) {
      return known;
    }
    try (Chroot system = fresh()) {
      String said = system.install(debianPackage);
      system.keep(installed(debianPackage));
      INSTALLED.put(debianPackage.name(), said);
      return said;
    }
  }

  private static Path installed(DebianPackage debianPackage) {
    return FOLDER.resolve("with-" + debianPackage.name());
  }

  private static Chroot over(List<Path> below) throws IOException {
    Chroot chroot = new Chroot(Files.createTempDirectory(FOLDER, "layer-"), below);
    chroot.mount();
    return chroot;
  }

  private static void makeBase() throws Exception {
    Path nothing = Files.createDirectories(FOLDER.resolve("nothing"));
    String release = Files.readString(Path.of("/etc/os-release"));
    String suite = value(release, "(?m)^VERSION_CODENAME=\"?([a-z]+)");
    String mirror = value(Files.readString(SOURCES), "(?m)^URIs: *(\\S+)");
    try (Chroot base = over(List.of(nothing))) {
      DebianPackage.must(
          FOLDER, "debootstrap", "--variant=minbase", suite, base.root.toString(), mirror);
      Files.deleteIfExists(base.path("/etc/apt/sources.list"));
      Files.copy(SOURCES, base.path("/etc/apt/sources.list.d/debian.sources"));
      base.must("apt-get", "-q", "update");
      // Downloads what the installation needs, so that no test has to.
      base.must(
          "apt-get",
          "-qy",
          "install",
          "--no-install-recommends",
          "--download-only",
          "openjdk-17-jre-headless",
          "systemd",
          "systemd-sysv",
          "dbus");
      base.keep(BASE);
    }
  }

  private static String value(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return matcher.group(1);
  }

  private void mount() throws IOException {
    Path upper = Files.createDirectory(layer.resolve("upper"));
    Path work = Files.createDirectory(layer.resolve("work"));
    Files.createDirectory(root);
    String lower = below.stream().map(Path::toString).collect(Collectors.joining(":"));
    Shell.must(
        "mount",
        "-t",
        "overlay",
        "overlay",
        "-o",
        "volatile,lowerdir=%s,upperdir=%s,workdir=%s".formatted(lower, upper, work),
        root.toString());
  }

  /** Ends the system, and keeps what was changed in it. */
  private void keep(Path files) throws IOException {
    Shell.must("umount", root.toString());
    Shell.must("rm", "-rf", "--one-file-system", files.toString());
    Files.move(layer.resolve("upper"), files);
  }

  /** Returns the path by which this machine reaches a file of the system. */
  Path path(String path) {
    return root.resolve(path.substring(1));
  }

  /** Installs a package with what it depends on, as a user does, and returns what was said. */
  String install(DebianPackage debianPackage, String... options) throws Exception {
    Files.copy(debianPackage.file(), path("/package.deb"), StandardCopyOption.REPLACE_EXISTING);
    List<String> command =
        new ArrayList<>(List.of("apt-get", "-qy", "install", "--no-install-recommends"));
    command.addAll(List.of(options));
    command.add("./package.deb");
    Result result = run(command.toArray(String[]::new));
    assertThat(result.code()).as("%s", result).isZero();
    return result.out() + result.err();
  }

  /** Runs a command in the system. */
  Result run(String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of(
        "env",
        "-i",
        "PATH=" + PATH,
        "DEBIAN_FRONTEND=noninteractive",
        "LC_ALL=C.UTF-8",
        "timeout",
        "300",
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        ENTER,
        root.toString()));
    all.addAll(List.of(command));
    return Program.run(layer, "", all.toArray(String[]::new));
  }

  /** Runs a command in the system that must succeed, and returns what it printed. */
  String must(String... command) throws Exception {
    Result result = run(command);
    assertThat(result.code()).as("%s: %s", List.of(command), result).isZero();
    return result.out();
  }

  /** Returns the files of the system whose paths hold a word, those of apt and dpkg left out. */
  List<String> filesNamed(String word) throws IOException {
    List<String> named = new ArrayList<>();
    for (Path changed : Stream.concat(Stream.of(layer.resolve("upper")), below.stream())
        .filter(files -> !files.equals(BASE))
        .toList()) {
      try (Stream<Path> files = Files.walk(changed)) {
        files
            .map(file -> "/" + changed.relativize(file))
            .filter(file -> Files.exists(path(file), LinkOption.NOFOLLOW_LINKS))
            .filter(file -> file.contains(word))
            .filter(file -> !file.matches("/var/(lib/(dpkg|apt)|cache/apt|log)/.*"))
            .forEach(named::add);
      }
    }
    return named;
  }

  @Override
  public void close() {
    Shell.run("umount", "-l", root.toString());
    Shell.run("rm", "-rf", "--one-file-system", layer.toString());
  }
}

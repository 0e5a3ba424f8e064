package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A minimal Debian system, in which a test installs packages. The system itself is made once by
 * debootstrap and kept; what a test changes is in a layer over it, which is deleted afterwards.
 */
final class Chroot implements AutoCloseable {
  private static final Path BASE = Path.of("target/chroot/base").toAbsolutePath();
  private static final Path SOURCES = Path.of("/etc/apt/sources.list.d/debian.sources");
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** Runs a command in a directory as if it were the root directory, with processes of its own. */
  private static final String ENTER = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";

  private final Path layer;
  private final Path root;

  private Chroot(Path layer) {
    this.layer = layer;
    this.root = layer.resolve("root");
  }

  /** Makes a system of which nothing was changed. */
  static synchronized Chroot fresh() throws Exception {
    Tools.assumeRoot();
    Tools.assumePresent("debootstrap");
    Tools.assumePresent("unshare");
    if (!Files.exists(BASE)) {
      makeBase();
    }
    Chroot chroot = new Chroot(Files.createTempDirectory(BASE.getParent(), "layer-"));
    chroot.mount();
    return chroot;
  }

  private static void makeBase() throws Exception {
    Path parent = Files.createDirectories(BASE.getParent());
    Path unfinished = parent.resolve("unfinished");
    Shell.must("rm", "-rf", "--one-file-system", unfinished.toString());
    String release = Files.readString(Path.of("/etc/os-release"));
    String suite = value(release, "(?m)^VERSION_CODENAME=\"?([a-z]+)");
    String mirror = value(Files.readString(SOURCES), "(?m)^URIs: *(\\S+)");
    DebianPackage.must(
        parent, "debootstrap", "--variant=minbase", suite, unfinished.toString(), mirror);
    Files.deleteIfExists(unfinished.resolve("etc/apt/sources.list"));
    Files.copy(
        SOURCES,
        unfinished.resolve("etc/apt/sources.list.d/debian.sources"),
        StandardCopyOption.REPLACE_EXISTING);
    Chroot base = new Chroot(parent);
    base.must(unfinished, "apt-get", "-q", "update");
    // What the installation downloads, so that each test need not.
    base.must(
        unfinished,
        "apt-get",
        "-qy",
        "install",
        "--no-install-recommends",
        "--download-only",
        "openjdk-17-jre-headless",
        "systemd",
        "systemd-sysv",
        "dbus");
    Files.move(unfinished, BASE, StandardCopyOption.ATOMIC_MOVE);
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
    Shell.must(
        "mount",
        "-t",
        "overlay",
        "overlay",
        "-o",
        "lowerdir=%s,upperdir=%s,workdir=%s".formatted(BASE, upper, work),
        root.toString());
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
    return run(root, command);
  }

  private Result run(Path directory, String... command) throws Exception {
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
        directory.toString()));
    all.addAll(List.of(command));
    return Program.run(layer, "", all.toArray(String[]::new));
  }

  /** Runs a command in the system that must succeed, and returns what it printed. */
  String must(String... command) throws Exception {
    return must(root, command);
  }

  private String must(Path directory, String... command) throws Exception {
    Result result = run(directory, command);
    assertThat(result.code()).as("%s: %s", List.of(command), result).isZero();
    return result.out();
  }

  /** Returns the files of the system whose paths hold a word, those of apt and dpkg left out. */
  List<String> filesNamed(String word) throws IOException {
    try (Stream<Path> upper = Files.walk(layer.resolve("upper"))) {
      return upper
          .map(file -> "/" + layer.resolve("upper").relativize(file))
          .filter(file -> Files.exists(path(file), java.nio.file.LinkOption.NOFOLLOW_LINKS))
          .filter(file -> file.contains(word))
          .filter(file -> !file.matches("/var/(lib/(dpkg|apt)|cache/apt|log)/.*"))
          .toList();
    }
  }

  @Override
  public void close() {
    Shell.run("umount", "-l", root.toString());
    Shell.run("rm", "-rf", "--one-file-system", layer.toString());
  }
}

package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A package that the build has made.
 *
 * @param name the name of the package
 * @param file the package
 */
record DebianPackage(String name, Path file) {
  static final String BARE = "update-agent";
  static final String WITH_RUNTIME = "update-agent-with-runtime";

  /** Finds the package of a name; skips the test if the JDK of this machine could not build it. */
  static DebianPackage named(String name) throws IOException {
    Tools.assumePresent("dpkg-deb");
    try (Stream<Path> built = Files.list(Path.of("target").toAbsolutePath())) {
      List<Path> files = built
          .filter(file -> file.getFileName().toString().startsWith(name + "_"))
          .filter(file -> file.toString().endsWith(".deb"))
          .toList();
      Tools.assume(!files.isEmpty() || name.equals(BARE), name + " was not built");
      assertThat(files).hasSize(1);
      return new DebianPackage(name, files.get(0));
    }
  }

  /** Returns a field of the package's description. */
  String field(String field) throws Exception {
    return must(Files.createTempDirectory("field"), "dpkg-deb", "-f", file.toString(), field)
        .strip();
  }

  /** Extracts the files of the package. */
  Path extract(Path directory) throws Exception {
    must(directory, "dpkg-deb", "-x", file.toString(), directory.resolve(name).toString());
    return directory.resolve(name);
  }

  /** Makes a later version of the package, in which files are different. */
  DebianPackage later(Path directory, String changed, UnaryOperator<String> change)
      throws Exception {
    Path tree = directory.resolve("later");
    must(directory, "dpkg-deb", "-R", file.toString(), tree.toString());
    edit(
        tree.resolve("DEBIAN/control"),
        text -> text.replaceFirst("(?m)^(Version: .*)$", "$1+later"));
    for (String path : changed.split(" ", -1)) {
      edit(tree.resolve(path), change);
    }
    Path made = directory.resolve(name + "_later.deb");
    must(
        directory,
        "dpkg-deb",
        "-Znone",
        "--root-owner-group",
        "-b",
        tree.toString(),
        made.toString());
    return new DebianPackage(name, made);
  }

  private static void edit(Path file, UnaryOperator<String> change) throws IOException {
    Files.writeString(file, change.apply(Files.readString(file)));
  }

  /** Runs a program that must succeed, and returns what it printed. */
  static String must(Path directory, String... command) throws Exception {
    Result result = Program.run(directory, "", command);
    assertThat(result.code()).as("%s: %s", List.of(command), result).isZero();
    return result.out();
  }

  /** Returns the files below a directory. */
  static List<Path> files(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

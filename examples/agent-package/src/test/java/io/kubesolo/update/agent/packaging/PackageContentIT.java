package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.cli.UpdateAgent;
import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.Zsh;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The content of the packages, as the tools see it that use it on a device. */
@Timeout(180)
final class PackageContentIT {
  private static final String UNITS = "usr/lib/systemd/system";

  private static final Pattern NOTICE = Pattern.compile(
      "(META-INF/)?[^/]*(LICEN[CS]E|NOTICE|COPYING)[^/]*", Pattern.CASE_INSENSITIVE);

  /** The package of each shared object that is not one of the runtime. */
  private static final Map<String, String> LIBRARIES = Map.of(
      "libc.so.6", "libc6",
      "libm.so.6", "libc6",
      "libdl.so.2", "libc6",
      "libpthread.so.0", "libc6",
      "librt.so.1", "libc6",
      "libgcc_s.so.1", "libgcc-s1",
      "libstdc++.so.6", "libstdc++6",
      "libz.so.1", "zlib1g");

  @TempDir
  Path folder;

  private DebianPackage bare;
  private Path files;

  @BeforeEach
  void extract() throws Exception {
    bare = DebianPackage.named(DebianPackage.BARE);
    files = bare.extract(folder);
  }

  /** Runs lintian. The packages' overrides each name a reason. */
  @Tag("prove")
  @ParameterizedTest
  @ValueSource(strings = {DebianPackage.BARE, DebianPackage.WITH_RUNTIME})
  void lintianHasNothingToSay(String name) throws Exception {
    Tools.assumePresent("lintian");
    Result said = Program.run(
        folder,
        "",
        "lintian",
        "--allow-root",
        "--profile",
        "debian",
        "--fail-on",
        "error,warning",
        DebianPackage.named(name).file().toString());
    assertThat(said).isEqualTo(new Result(0, "", ""));
  }

  @Test
  void systemdAcceptsTheUnits() throws Exception {
    Tools.assumePresent("systemd-analyze");
    List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
    for (Path unit : units("")) {
      String text = Files.readString(unit)
          .replace("=/usr/bin/update-agent", "=" + files.resolve("usr/bin/update-agent"));
      command.add(Files.writeString(folder.resolve(unit.getFileName()), text).toString());
    }

    Result said = Program.run(folder, "", command.toArray(String[]::new));

    assertThat(said).isEqualTo(new Result(0, "", ""));
  }

  /** Checks the exposure that systemd computes: 0 is none, 10 is all of it. */
  @ParameterizedTest
  @CsvSource({
    "update-agent-serve.service, 1.5",
    "update-agent-healthcheck.service, 3.0",
    "update-agent-leave.service, 3.0",
    "update-agent.service, 3.0"
  })
  void theUnitsAreExposedNoMoreThanTheirWorkNeeds(String unit, double limit) throws Exception {
    Tools.assumePresent("systemd-analyze");

    String said = DebianPackage.must(
        folder,
        "systemd-analyze",
        "security",
        "--offline=true",
        files.resolve(UNITS).resolve(unit).toString());

    Matcher level = Pattern.compile("exposure level for \\S+: ([0-9.]+)").matcher(said);
    assertThat(level.find()).as(said).isTrue();
    assertThat(Double.parseDouble(level.group(1))).as(said).isLessThanOrEqualTo(limit);
  }

  /**
   * Checks that no unit sets ProcSubset, because ProcSubset=pid hides the kernel's boot id, uptime
   * and command line.
   */
  @Test
  void everyUnitSeesWhatTheKernelSays() throws Exception {
    for (Path unit : units(".service")) {
      assertThat(Files.readAllLines(unit)).noneMatch(line -> line.startsWith("ProcSubset"));
    }
  }

  @Test
  void aRoundComesAfterTheHealthCheckOfTheBoot() throws Exception {
    assertThat(files.resolve(UNITS).resolve("update-agent.service"))
        .content()
        .contains("\nAfter=update-agent-healthcheck.service\n");
    assertThat(files.resolve(UNITS).resolve("update-agent-healthcheck.service"))
        .content()
        .contains("\nBefore=boot-complete.target\n")
        .contains("\nRequiredBy=boot-complete.target\n");
  }

  /** Runs the health check of the package with a systemctl of the test. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      :                                                 | 0 |
      echo 'update-agent.service loaded failed failed x'| 0 |
      echo 'k3s.service loaded failed failed x'         | 1 | failed units: k3s.service
      echo 'Failed to connect to bus' >&2; exit 1       | 1 | systemctl cannot list the units of systemd
      """)
  void theHealthCheckFailsIfAUnitHasFailedOrSystemdDoesNotAnswer(
      String systemctl, int code, @Nullable String said) throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path program = Files.writeString(bin.resolve("systemctl"), "#!/bin/sh\n" + systemctl + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

    Result checked = Program.run(
        folder,
        "",
        "env",
        "PATH=" + bin + ":/usr/bin:/bin",
        files.resolve("etc/update-agent/health-check").toString());

    assertThat(checked.code()).as("%s", checked).isEqualTo(code);
    assertThat(checked.out().strip()).isEqualTo(Objects.requireNonNullElse(said, ""));
  }

  private List<Path> units(String suffix) throws Exception {
    try (Stream<Path> all = Files.list(files.resolve(UNITS))) {
      List<Path> units = all.filter(unit -> unit.toString().endsWith(suffix)).toList();
      assertThat(units).hasSizeGreaterThanOrEqualTo(3);
      return units;
    }
  }

  @Test
  void everyCommandHasAPageThatManShows() throws Exception {
    Tools.assumePresent("man");
    CommandSpec agent = UpdateAgent.syntax();
    showsPage(agent);
    for (CommandLine command : agent.subcommands().values()) {
      showsPage(command.getCommandSpec());
    }
  }

  private void showsPage(CommandSpec command) throws Exception {
    Path page = files.resolve("usr/share/man/man1/" + command.qualifiedName("-") + ".1.gz");
    Result shown = Program.run(
        folder,
        "",
        "env",
        "LC_ALL=C.UTF-8",
        "MANWIDTH=80",
        "MANROFFOPT=-c",
        "man",
        "--warnings",
        "--no-hyphenation",
        "--no-justification",
        "-l",
        page.toString());
    assertThat(shown.code()).as("%s", shown).isZero();
    assertThat(shown.err()).as("%s", page).isEmpty();
    assertThat(shown.out()).contains("NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO");
    for (OptionSpec option : command.options()) {
      boolean everywhere =
          command.parent() != null && command.root().findOption(option.longestName()) != null;
      assertThat(shown.out().contains(option.longestName()) || everywhere)
          .as("%s in %s", option.longestName(), shown.out())
          .isTrue();
    }
  }

  @Test
  void bashLoadsTheCompletion() throws Exception {
    Tools.assumePresent("bash");
    String ask = """
        source "$1"
        COMP_WORDS=(update-agent hist); COMP_CWORD=1; COMP_LINE='update-agent hist'
        compopt() { :; }
        _complete_update-agent
        echo "${COMPREPLY[@]}"
        complete -p update-agent
        """;
    Path script = files.resolve("usr/share/bash-completion/completions/update-agent");

    assertThat(DebianPackage.must(folder, "bash", "-c", ask, "bash", script.toString())
            .lines())
        .hasSize(2)
        .startsWith("history");
  }

  @ParameterizedTest
  @CsvSource({"hist, history", "send down, send download", "diagram --format me, mermaid"})
  void zshLoadsTheCompletion(String typed, String completed) throws Exception {
    String setup = "fpath=(%s $fpath); autoload -Uz compinit; compinit -u -D"
        .formatted(files.resolve("usr/share/zsh/vendor-completions"));

    Result shell = Zsh.tab(folder, setup, "update-agent " + typed, completed);

    assertThat(shell.code()).as(shell.err()).isZero();
    assertThat(shell.out()).contains(completed).doesNotContain("command not found");
  }

  @Test
  void fishLoadsTheCompletion() throws Exception {
    Tools.assumePresent("fish");
    String ask = "set -p fish_complete_path $argv[1]/share/fish/vendor_completions.d;"
        + "set -p PATH $argv[1]/bin; complete -C 'update-agent hist'";
    String prefix = files.resolve("usr").toString();

    assertThat(DebianPackage.must(folder, "fish", "--no-config", "-c", ask, prefix))
        .startsWith("history\t");
  }

  @Test
  void theDocumentationHoldsThePageTheSchemasAndTheExamples() throws Exception {
    Path documentation = files.resolve("usr/share/doc/update-agent");

    assertThat(DebianPackage.must(
            folder, "zcat", documentation.resolve("README.md.gz").toString()))
        .contains("## The device directory", "`health_check`", "`fleet_lock`");
    assertThat(documentation.resolve("schemas")).isDirectoryContaining("glob:**/*.schema.json");
    for (String example : List.of("grub.cfg", "alerts.yml", "dashboard.json")) {
      assertThat(documentation.resolve("examples").resolve(example)).isNotEmptyFile();
    }
  }

  /** Checks that each class is of this project or has its paragraph in the copyright file. */
  @Test
  void theCopyrightFileKnowsEveryComponent() throws Exception {
    String copyright = Files.readString(files.resolve("usr/share/doc/update-agent/copyright"));
    List<String> known = Pattern.compile("(?m)^Files: (\\S+)/\\*$")
        .matcher(copyright)
        .results()
        .map(match -> match.group(1) + "/")
        .toList();
    Set<String> unknown = new TreeSet<>();
    try (JarFile jar =
        new JarFile(files.resolve("usr/lib/update-agent/update-agent.jar").toFile())) {
      jar.stream()
          .map(entry -> entry.getName().replaceFirst("^META-INF/versions/[0-9]+/", ""))
          .filter(name -> name.endsWith(".class") && !name.startsWith("io/kubesolo/update/"))
          .filter(name -> known.stream().noneMatch(name::startsWith))
          .forEach(unknown::add);
      assertThat(unknown).isEmpty();
    }
    Set<String> given = Pattern.compile("(?m)^License: (\\S+)\\n ")
        .matcher(copyright)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
    Pattern.compile("(?m)^License: (.+)$")
        .matcher(copyright)
        .results()
        .flatMap(match -> Stream.of(match.group(1).split(" and ", -1)))
        .forEach(name -> assertThat(given).contains(name));
  }

  /**
   * Checks that the jar has each licence and notice that the components publish, with its content.
   */
  @Test
  void theJarKeepsTheLicenceAndTheNoticeOfEachComponent() throws Exception {
    Path packaged = files.resolve("usr/lib/update-agent/update-agent.jar");
    List<String> kept = new ArrayList<>();
    try (JarFile jar = new JarFile(packaged.toFile())) {
      for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        if (!element.endsWith(".jar")) {
          continue;
        }
        try (JarFile component = new JarFile(element)) {
          if (isPartOf(jar, component)) {
            String name = Path.of(element).getFileName().toString().replaceFirst("\\.jar$", "");
            for (JarEntry notice : notices(component)) {
              String file = notice.getName().replaceFirst(".*/", "");
              JarEntry copy = jar.getJarEntry("META-INF/licenses/" + name + "/" + file);
              assertThat(copy).as("%s of %s", notice, name).isNotNull();
              assertThat(copy.getCrc()).as("%s of %s", notice, name).isEqualTo(notice.getCrc());
              kept.add(file);
            }
          }
        }
      }
      assertThat(jar.getJarEntry("META-INF/licenses/copyright")).isNotNull();
    }
    assertThat(kept)
        .contains("LICENSE", "NOTICE", "license.txt", "notice.txt")
        .hasSizeGreaterThan(20);
  }

  private static boolean isPartOf(JarFile whole, JarFile component) {
    return component.stream()
        .filter(entry -> entry.getName().matches("[^-]+/.*\\.class"))
        .filter(entry -> !entry.getName().startsWith("io/kubesolo/"))
        .findFirst()
        .filter(entry -> whole.getJarEntry(entry.getName()) != null)
        .isPresent();
  }

  private static List<JarEntry> notices(JarFile component) {
    return component.stream()
        .filter(entry -> !entry.isDirectory())
        .filter(entry -> NOTICE.matcher(entry.getName()).matches())
        .toList();
  }

  /**
   * Checks that each shared object that the runtime needs is in it or in a package of its
   * dependencies.
   */
  @Test
  void theRuntimeDependsOnTheLibrariesThatItIsLinkedTo() throws Exception {
    Tools.assumePresent("readelf");
    DebianPackage withRuntime = DebianPackage.named(DebianPackage.WITH_RUNTIME);
    Path runtime = withRuntime.extract(folder).resolve("usr/lib/update-agent/runtime");
    Set<String> own = new TreeSet<>();
    Set<String> needed = new TreeSet<>();
    Set<Integer> libc = new TreeSet<>();
    for (Path file : DebianPackage.files(runtime)) {
      own.add(String.valueOf(file.getFileName()));
      Result elf = Program.run(folder, "", "readelf", "--wide", "-d", "-V", file.toString());
      find(elf.out(), "\\(NEEDED\\).*\\[(.*)\\]").forEach(needed::add);
      find(elf.out(), "Name: GLIBC_2\\.([0-9]+)")
          .forEach(minor -> libc.add(Integer.valueOf(minor)));
    }
    needed.removeAll(own);
    needed.removeIf(name -> name.startsWith("ld-linux"));

    String depends = withRuntime.field("Depends");

    assertThat(needed).isNotEmpty().isSubsetOf(LIBRARIES.keySet());
    assertThat(needed)
        .allMatch(name -> depends.matches(
            "(.*, )?" + Pattern.quote(String.valueOf(LIBRARIES.get(name))) + "( .*|,.*)?"));
    Matcher declared = Pattern.compile("libc6 \\(>= 2\\.([0-9]+)\\)").matcher(depends);
    assertThat(declared.find()).isTrue();
    assertThat(libc).isNotEmpty().allMatch(minor -> minor <= Integer.parseInt(declared.group(1)));
  }

  private static Stream<String> find(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1));
  }
}

package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.kubesolo.update.agent.cli.UpdateAgent;
import io.kubesolo.update.agent.demo.DemoServer;
import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.testkit.CallSites;
import io.kubesolo.update.agent.testkit.Shell;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher with the packaged jar, with a class archive that matches it and with others. */
final class LauncherIT {
  private static final Path PACKAGED = Path.of("target").toAbsolutePath();

  @TempDir
  Path dir;

  private Path installed;

  @BeforeEach
  void install() throws IOException {
    installed = Files.createDirectories(dir.resolve("opt/target"));
    Files.copy(PACKAGED.resolveSibling("update-agent"), dir.resolve("opt/update-agent"));
    Files.copy(
        PACKAGED.resolve("update-agent.jar"),
        installed.resolve("update-agent.jar"),
        StandardCopyOption.COPY_ATTRIBUTES);
  }

  @Test
  void startsWithTheArchivedClasses() throws Exception {
    Path launcher = PACKAGED.resolveSibling("update-agent");
    assertThat(archive()).exists();

    List<String> loaded = said("_JAVA_OPTIONS", "-Xlog:class+load", launcher, "status");

    assertThat(loaded)
        .anyMatch(line -> line.contains("picocli.CommandLine source: shared objects file"))
        .anyMatch(line -> line.contains("StateFile source: shared objects file"));
    if (!isLinkedAhead()) {
      assertThat(loaded)
          .noneMatch(line -> line.contains("springframework"))
          .noneMatch(line -> line.contains("io.prometheus"))
          .noneMatch(line -> line.contains("httpserver"))
          .noneMatch(line -> line.contains("java.util.logging"));
    }
  }

  /** Returns whether the JVM loads and links all of its AOT cache before {@code main}. */
  private static boolean isLinkedAhead() {
    return archive().toString().endsWith(".aot");
  }

  @Test
  void saysNothingOfTheArchiveThatItStartsWith() throws Exception {
    assertThat(said("X", "", PACKAGED.resolveSibling("update-agent"), "send", "check"))
        .containsExactly("check: idle -> checking");
  }

  /**
   * Checks that every class is in the archive: for any other class the JVM opens the jar, which
   * slows down the start.
   */
  @ParameterizedTest
  @ValueSource(strings = {"status", "send check"})
  void opensNoJar(String command) throws Exception {
    Path launcher = PACKAGED.resolveSibling("update-agent");

    List<String> loaded =
        said("_JAVA_OPTIONS", "-Xlog:class+load", launcher, command.split(" ", -1));

    assertThat(loaded)
        .anyMatch(line -> line.contains("agent.Main source: shared objects file"))
        .noneMatch(line -> line.contains("update-agent.jar"));
  }

  /**
   * Checks that nothing is linked at run time: the first lambda, or the generated {@code equals} of
   * a record, takes as long as reading the state.
   */
  @ParameterizedTest
  @ValueSource(strings = {"send no_update", "status"})
  void linksNoLambda(String command) throws Exception {
    Path launcher = PACKAGED.resolveSibling("update-agent");
    said("X", "", launcher, "send", "check");

    List<String> loaded =
        said("_JAVA_OPTIONS", "-Xlog:class+load", launcher, command.split(" ", -1));

    assertThat(loaded)
        .noneMatch(line -> line.contains("io.kubesolo") && line.contains("$$Lambda"))
        .anyMatch(line -> line.contains("$LambdaClass") && line.contains("shared objects file"))
        .noneMatch(line -> line.contains("java.lang.runtime.ObjectMethods"));
    if (!isLinkedAhead()) {
      assertThat(loaded).noneMatch(line -> line.contains("LambdaMetafactory"));
    }
  }

  /** Loads each class: one that cannot be linked is left out of the archive without a message. */
  @Test
  void theJarHoldsOnlyClassesThatCanBeLinkedAndNoLambdas() throws Exception {
    Path jar = PACKAGED.resolve("update-agent.jar");
    List<String> lambdas = new ArrayList<>();
    int classes = 0;
    try (ZipFile zip = new ZipFile(jar.toFile());
        URLClassLoader loader = new URLClassLoader(
            new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName();
        if (name.startsWith("io/kubesolo/") && name.matches(".*(?<!-info)\\.class")) {
          String type = name.replaceFirst("\\.class$", "").replace('/', '.');
          assertThatCode(() -> Class.forName(type, true, loader))
              .as(type)
              .doesNotThrowAnyException();
          classes++;
          if (CallSites.linkedBy(zip.getInputStream(entry).readAllBytes()).stream()
              .anyMatch(CallSites::isLambda)) {
            lambdas.add(name);
          }
        }
      }
    }

    assertThat(classes).isGreaterThan(1000);
    assertThat(lambdas).isEmpty();
  }

  /** Runs what timers and units run, from an update to a round in which there is nothing to do. */
  @Test
  void opensNoJarOnADevice() throws Exception {
    DeviceFactory factory = new DeviceFactory();
    byte[] image = new byte[4096];
    try (DemoServer server = DemoServer.serve(dir.resolve("server"))) {
      Map<String, Object> config =
          Map.of("server", server.address().toString(), "health_check", List.of("true"));
      factory.makeDevice(dir.resolve("device"), config, image.length, "v1.0", image);
      factory.publish(dir.resolve("server"), "v1.1", image);

      for (String command : List.of(
          "simulate-boot",
          "healthcheck",
          "check",
          "apply",
          "activate",
          "simulate-boot",
          "healthcheck",
          "run",
          "rollback",
          "simulate-boot",
          "run",
          "ack",
          "run",
          "metrics",
          "tick",
          "status --report")) {
        opensNoJarOnADevice(command);
      }
    }
  }

  private void opensNoJarOnADevice(String command) throws Exception {
    Path launcher = PACKAGED.resolveSibling("update-agent");
    String line = "--device " + dir.resolve("device") + " " + command;

    List<String> loaded = said("_JAVA_OPTIONS", "-Xlog:class+load", launcher, line.split(" ", -1));

    assertThat(loaded.stream().filter(text -> text.contains("update-agent.jar")))
        .as(command)
        .isEmpty();
    assertThat(loaded.stream()
            .filter(text -> text.contains("io.kubesolo") && text.contains("$$Lambda")))
        .as(command)
        .isEmpty();
    assertThat(loaded.stream().filter(text -> text.contains("agent.Main source: shared objects")))
        .as(command)
        .hasSize(1);
  }

  @Test
  void saysNothingOfAnArchiveThatIsMissing() throws Exception {
    assertWorksSilently();
  }

  @Test
  void saysNothingOfAnArchiveOfAnotherJar() throws Exception {
    Files.copy(archive(), installed.resolve(archive().getFileName()));
    assertWorksSilently();
  }

  @Test
  void saysNothingOfAJarThatWasReplaced() throws Exception {
    Files.copy(archive(), installed.resolve(archive().getFileName()));
    Files.setLastModifiedTime(
        installed.resolve("update-agent.jar"),
        FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    assertWorksSilently();
  }

  @Test
  void saysNothingOfAnArchiveThatIsNone() throws Exception {
    Files.writeString(installed.resolve(archive().getFileName()), "no archive");
    assertWorksSilently();
  }

  @Test
  void aClosedInputIsEmpty() throws Exception {
    assertThat(shell("\"$AGENT\" --state \"$STATE\" replay - <&-"))
        .isEqualTo(new Shell.Result(0, "", ""));
  }

  @Test
  void aResultThatCannotBeWrittenIsReportedAndTheEventIsStillSent() throws Exception {
    String problem = "update-agent: standard output cannot be written: ";

    Shell.Result sent = shell("\"$AGENT\" --state \"$STATE\" send check >&-");
    Shell.Result asked = shell("\"$AGENT\" --state \"$STATE\" status --json >&-");

    assertThat(sent.code()).isZero();
    assertThat(sent.err()).startsWith(problem).hasLineCount(1);
    assertThat(asked.code()).isEqualTo(1);
    assertThat(asked.err()).startsWith(problem).hasLineCount(1);
    assertThat(dir.resolve("state.json")).content().contains("\"phase\": \"checking\"");
  }

  @Test
  void errorsAreLostIfTheirDescriptorIsClosed() throws Exception {
    assertThat(shell("\"$AGENT\" --state \"$STATE\" send nonsense <&- 2>&-"))
        .isEqualTo(new Shell.Result(2, "", ""));
    assertThat(shell("\"$AGENT\" --state \"$STATE\" send check <&- >&- 2>&-").code())
        .isZero();
  }

  @Test
  void takesUtf8InEveryLocaleAndNothingElse() throws Exception {
    String send = "LC_ALL=C \"$AGENT\" --state \"$STATE\" send ";

    assertThat(shell(send + "check").code()).isZero();
    Shell.Result wrong = shell(send + "fail --error \"$(printf 'caf\\351')\"");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("encoding of the locale").hasLineCount(1);
    assertThat(shell(send + "fail --error \"$(printf 'caf\\303\\251 \\357\\277\\275')\"")
            .code())
        .isZero();
    assertThat(dir.resolve("state.json"))
        .content()
        .contains("\"last_error\": \"caf\u00e9 \ufffd\"");
  }

  @Test
  void refusesWhatTheLocaleCannotDecodeWithoutTheLauncher() throws Exception {
    String run = "LC_ALL=C LANG=C \"$JAVA\" -jar \"$JAR\" --state \"$STATE\" send ";

    assertThat(shell(run + "check").code()).isZero();
    Shell.Result wrong = shell(run + "fail --error \"$(printf 'caf\\303\\251')\"");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("LC_ALL=C.UTF-8").hasLineCount(1);
    assertThat(dir.resolve("state.json")).content().contains("\"phase\": \"checking\"");
  }

  @Test
  void digitsAreAsciiInEveryLanguage() throws Exception {
    String arabic =
        "JAVA_TOOL_OPTIONS='-Duser.language=ar -Duser.country=EG' \"$AGENT\" --state \"$STATE\" ";
    shell(arabic + "send download --to-version v2 --running-version v1");

    for (String command :
        List.of("status", "events", "history", "metrics", "send confirm --json")) {
      Shell.Result shown = shell(arabic + "--max-attempts 1 " + command);
      assertThat(shown.out() + shown.err()).as(command).doesNotContainPattern("[\u0660-\u0669]");
    }
  }

  @Test
  void theVersionSaysWhetherAnArchiveIsUsed() throws Exception {
    Path launcher = PACKAGED.resolveSibling("update-agent");

    assertThat(said("X", "", launcher, "--version"))
        .anyMatch(line -> line.equals("update-agent " + UpdateAgent.VERSION))
        .anyMatch(line -> line.equals("class archive: " + archive()));
    assertThat(said("X", "", dir.resolve("opt/update-agent"), "--version"))
        .anyMatch(line -> line.startsWith("class archive: none"));
  }

  /** Runs a line of shell that knows where everything is. */
  private Shell.Result shell(String line) {
    return Shell.run(
        "env",
        "JAVA_HOME=" + System.getProperty("java.home"),
        "JAVA=" + Path.of(System.getProperty("java.home"), "bin", "java"),
        "AGENT=" + PACKAGED.resolveSibling("update-agent"),
        "JAR=" + PACKAGED.resolve("update-agent.jar"),
        "STATE=" + dir.resolve("state.json"),
        "sh",
        "-c",
        line);
  }

  @Test
  void saysThatThereIsNoJavaRuntime() throws Exception {
    Shell.Result none = shell("JAVA_HOME=/no/such/runtime \"$AGENT\" --state \"$STATE\" status");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err())
        .startsWith("update-agent: there is no Java runtime (/no/such/runtime/bin/java)")
        .hasLineCount(1);
  }

  @Test
  void startsInADirectoryThatWasRemoved() throws Exception {
    Shell.Result removed =
        shell("cd \"$(mktemp -d)\"; rmdir \"$PWD\"; \"$AGENT\" --state \"$STATE\" send check");
    assertThat(removed.code()).isZero();
    assertThat(removed.out()).isEqualTo("check: idle -> checking\n");
  }

  @Test
  void refusesARelativePathInADirectoryThatWasRemoved() throws Exception {
    Shell.Result relative =
        shell("cd \"$(mktemp -d)\"; rmdir \"$PWD\"; \"$AGENT\" --state no-such/state.json status");

    assertThat(relative.code()).as("%s", relative).isEqualTo(2);
    assertThat(relative.out()).isEmpty();
    assertThat(relative.err())
        .contains("'no-such/state.json' is relative to the working directory, which was removed");
  }

  @Test
  void isFoundThroughASymbolicLink() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("agent"), dir.resolve("opt/update-agent"));
    assertThat(said("X", "", link, "send", "check")).containsExactly("check: idle -> checking");
  }

  @Test
  void runsAsOneJar() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path moved = Files.move(installed.resolve("update-agent.jar"), dir.resolve("moved.jar"));
    for (String engine : List.of("table", "spring")) {
      Path state = dir.resolve(engine + ".json");
      String[] command = {
        java.toString(),
        "-jar",
        moved.toString(),
        "--state",
        state.toString(),
        "--engine",
        engine,
        "send",
        "check"
      };
      assertThat(run(new ProcessBuilder(command))).containsExactly("check: idle -> checking");
    }
  }

  private static Path archive() {
    Path cache = PACKAGED.resolve("update-agent.aot");
    return Files.exists(cache) ? cache : PACKAGED.resolve("update-agent.jsa");
  }

  private void assertWorksSilently() throws Exception {
    assertThat(said("X", "", dir.resolve("opt/update-agent"), "send", "check"))
        .containsExactly("check: idle -> checking");
  }

  private List<String> said(String variable, String value, Path launcher, String... command)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder(launcher.toString());
    builder.command().addAll(List.of("--state", dir.resolve("state.json").toString()));
    builder.command().addAll(List.of(command));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put(variable, value);
    return run(builder);
  }

  private static List<String> run(ProcessBuilder builder) throws Exception {
    Process process = builder.redirectErrorStream(true).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor())
        .as(lines.stream()
            .filter(line -> !line.contains("[class,load]"))
            .toList()
            .toString())
        .isZero();
    return lines;
  }
}

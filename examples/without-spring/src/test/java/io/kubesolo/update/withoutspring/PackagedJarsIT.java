package io.kubesolo.update.withoutspring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An embedder can use the jars that the build copied, on the class path and as modules. */
class PackagedJarsIT {
  private static final Path LIBRARIES = Path.of("target/libraries");
  private static final Path CONSUMER = Path.of("src/test/modular");
  private static final String CORE = "io.kubesolo.update.core";
  private static final String FSM = "io.kubesolo.update.fsm";
  private static final String PERSIST = "io.kubesolo.update.persist";

  @TempDir
  Path folder;

  @Test
  void areNine() throws IOException {
    try (Stream<Path> jars = Files.list(LIBRARIES)) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "jackson-annotations.jar",
              "jackson-core.jar",
              "jackson-databind.jar",
              "jspecify.jar",
              "state-core.jar",
              "state-fsm.jar",
              "state-persist.jar",
              "vavr-match.jar",
              "vavr.jar");
    }
  }

  @Test
  void sufficeOnTheClassPath() throws Exception {
    Path state = folder.resolve("state.json");
    String classPath = "target/classes" + File.pathSeparator + LIBRARIES + "/*";

    assertThat(run("java", "-cp", classPath, WithoutSpring.class.getName(), state.toString()))
        .isEqualTo("checking\nidle\n");
  }

  @Test
  void sufficeOnTheModulePath() throws Exception {
    Path classes = folder.resolve("classes");
    assertThat(run(
            "javac",
            "-Xlint:all,-requires-automatic",
            "-Werror",
            "--module-path",
            LIBRARIES.toString(),
            "-d",
            classes.toString(),
            CONSUMER.resolve("module-info.java").toString(),
            CONSUMER.resolve("example/agent/ModularAgent.java").toString()))
        .isEmpty();

    String printed = run(
        "java",
        "--limit-modules",
        "java.base,java.logging,example.agent",
        "--module-path",
        LIBRARIES + File.pathSeparator + classes,
        "--module",
        "example.agent/example.agent.ModularAgent",
        folder.resolve("state.json").toString());

    assertThat(printed.lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("checking"),
            line -> assertThat(line).startsWith("{\"reason\": \"illegal_transition\", "),
            line -> assertThat(line).isEqualTo("example.agent"),
            line -> assertThat(line).isEqualTo(CORE),
            line -> assertThat(line).isEqualTo(FSM),
            line -> assertThat(line).isEqualTo(PERSIST),
            line -> assertThat(line).isEqualTo("io.vavr"),
            line -> assertThat(line).isEqualTo("false"));
  }

  @Test
  void areModulesThatNameWhatTheyNeed() {
    ModuleDescriptor core = module(CORE);
    ModuleDescriptor persist = module(PERSIST);

    assertThat(core.isAutomatic()).isFalse();
    assertThat(core.exports()).map(ModuleDescriptor.Exports::source).containsExactly(CORE);
    assertThat(requirement(core, "io.vavr").modifiers()).containsExactly(Modifier.TRANSITIVE);

    assertThat(persist.isAutomatic()).isFalse();
    assertThat(persist.exports()).map(ModuleDescriptor.Exports::source).containsExactly(PERSIST);
    assertThat(requirement(persist, CORE).modifiers()).containsExactly(Modifier.TRANSITIVE);
    assertThat(requirement(persist, "java.sql").modifiers()).contains(Modifier.STATIC);

    assertThat(module(FSM).isAutomatic()).isTrue();
  }

  @Test
  void areBundlesForOsgi() throws IOException {
    for (String name : List.of(CORE, FSM, PERSIST)) {
      String artifact = name.replace("io.kubesolo.update.", "state-") + ".jar";
      try (JarFile jar = new JarFile(LIBRARIES.resolve(artifact).toFile())) {
        Attributes manifest = jar.getManifest().getMainAttributes();
        assertThat(manifest.getValue("Bundle-SymbolicName")).isEqualTo(name);
        assertThat(manifest.getValue("Export-Package")).contains(name + ";");
        assertThat(manifest.getValue("Import-Package")).contains("io.vavr.control;");
        assertThat(manifest.getValue("Import-Package")).doesNotContain("elk");
        if (name.equals(PERSIST)) {
          assertThat(manifest.getValue("Import-Package"))
              .contains("com.fasterxml.jackson.core;version=\"[2.19,3)\"");
        }
        if (name.equals(FSM)) {
          assertThat(manifest.getValue("Import-Package"))
              .contains("org.springframework.statemachine;resolution:=optional");
        }
      }
    }
  }

  private static ModuleDescriptor module(String name) {
    return ModuleFinder.of(LIBRARIES).find(name).orElseThrow().descriptor();
  }

  private static Requires requirement(ModuleDescriptor module, String name) {
    return module.requires().stream()
        .filter(requires -> requires.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Runs a tool of this JDK, and returns what it printed. */
  private static String run(String tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s%n%s", command, printed).isZero();
    return printed;
  }
}

package io.kubesolo.update.agentloop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The test kit in a build of an embedder, which resolves the libraries and the kit from a local
 * repository that holds nothing else. All other artifacts come from the repository of this build.
 */
class InstalledTestKitIT {
  private static final Path TOP = Path.of("../..").toAbsolutePath().normalize();
  private static final Path CONSUMER = Path.of("src/test/consumer");
  private static final String VERSION = property("update-state.version");

  @TempDir
  Path folder;

  private static String property(String name) {
    return System.getProperty(name, "");
  }

  /** Puts the artifacts of a module where {@code ./mvnw install} puts them. */
  private void install(Path repository, String artifact, Path module) throws IOException {
    Path to = Files.createDirectories(
        repository.resolve("io/kubesolo/update").resolve(artifact).resolve(VERSION));
    String name = artifact + "-" + VERSION;
    Files.copy(module.resolve("pom.xml"), to.resolve(name + ".pom"));
    if (Files.isDirectory(module.resolve("target"))) {
      try (Stream<Path> jars = Files.list(module.resolve("target"))) {
        for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
          Files.copy(jar, to.resolve(jar.getFileName().toString()));
        }
      }
    }
  }

  @Test
  void worksInABuildThatNamesItAndTheLibrariesOnly() throws Exception {
    Path repository = folder.resolve("repository");
    install(repository, "update-state", TOP);
    for (String library : List.of("state-core", "state-fsm", "state-persist")) {
      install(repository, library, TOP.resolve(library));
    }
    Path project = folder.resolve("embedder");
    copy(CONSUMER, project);

    String printed = maven(project, repository);

    List<String> places = printed
        .lines()
        .filter(line -> line.startsWith("from "))
        .map(line -> line.replaceFirst("from (file:)?", ""))
        .toList();
    assertThat(printed).contains("Tests run: 4, Failures: 0, Errors: 0, Skipped: 0");
    assertThat(places).hasSize(5).allMatch(place -> place.startsWith(repository.toString()));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private static String maven(Path project, Path repository) throws Exception {
    String tail = Stream.of(property("local.repository"), property("local.repository.tail"))
        .filter(each -> !each.isEmpty() && !each.startsWith("$"))
        .collect(Collectors.joining(","));
    Process process = new ProcessBuilder(
            TOP.resolve("mvnw").toString(),
            "--batch-mode",
            "--offline",
            "-Dmaven.repo.local=" + repository,
            "-Dmaven.repo.local.tail=" + tail,
            "-Dupdate-state.version=" + VERSION,
            "-Djunit.version=" + property("junit.version"),
            plugin("compiler") + ":testCompile",
            plugin("surefire") + ":test")
        .directory(project.toFile())
        .redirectErrorStream(true)
        .start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }

  private static String plugin(String name) {
    return "org.apache.maven.plugins:maven-%s-plugin:%s"
        .formatted(name, property(name + ".version"));
  }

  @Test
  void theJarsOfTheKitHoldTheKitOnlyWithSourcesAndJavadoc() throws IOException {
    assertThat(classes("state-core"))
        .contains("io.kubesolo.update.core.testing.ReferenceModel")
        .allMatch(name -> name.matches("io\\.kubesolo\\.update\\.core\\.testing\\.[A-Z]\\w*"));
    assertThat(classes("state-persist"))
        .contains("io.kubesolo.update.persist.disk.CrashStates")
        .allMatch(name -> name.matches("io\\.kubesolo\\.update\\.persist\\.disk\\.[A-Z]\\w*"));
  }

  /**
   * Returns the top-level classes of the kit of a library, which has a source and a page for each.
   */
  private static List<String> classes(String library) throws IOException {
    List<String> classes = entries(library, "tests", ".class").stream()
        .filter(name -> !name.contains("$") && !name.endsWith("package-info"))
        .toList();
    assertThat(entries(library, "test-sources", ".java"))
        .filteredOn(name -> !name.endsWith("package-info"))
        .containsExactlyInAnyOrderElementsOf(classes);
    List<String> pages = entries(library, "test-javadoc", ".html");
    assertThat(pages).anyMatch(page -> page.endsWith(".package-summary"));
    assertThat(classes).anyMatch(pages::contains);
    return classes;
  }

  private static List<String> entries(String library, String classifier, String ending)
      throws IOException {
    Path jar =
        TOP.resolve(library).resolve("target/%s-%s-%s.jar".formatted(library, VERSION, classifier));
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(ending))
          .map(name -> name.substring(0, name.length() - ending.length()).replace('/', '.'))
          .toList();
    }
  }

  @Test
  void thePackageCommentsShowWhatTheEmbedderCompiles() throws IOException {
    String compiled =
        squeezed(Files.readString(CONSUMER.resolve("src/test/java/example/TestKitTest.java")));
    assertThat(compiled)
        .contains(shown("state-core", "core/testing", "ManualClock clock"))
        .contains(shown("state-persist", "persist/disk", "static void save"));
  }

  /** Returns the code of a package comment, from a line on. */
  private static String shown(String library, String folder, String start) throws IOException {
    Path page = TOP.resolve(library)
        .resolve("src/test/java/io/kubesolo/update")
        .resolve(folder)
        .resolve("package-info.java");
    String code = Files.readString(page)
        .lines()
        .map(line -> line.replaceFirst("^ \\* ?", "").replace("{@literal @}", "@"))
        .dropWhile(line -> !line.startsWith(start))
        .takeWhile(line -> !line.startsWith("}</pre>"))
        .collect(Collectors.joining("\n"));
    assertThat(code).as(start).isNotEmpty();
    return squeezed(code);
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", " ");
  }
}

package io.kubesolo.update.fleet;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The packages of all modules have no cycle. This test is here because this module is the last one
 * that the build compiles.
 */
class PackageCyclesTest {
  private static final Path ROOT = Path.of("../..");

  @Test
  void noPackageOfAnyModuleIsPartOfACycle() throws IOException {
    List<Path> folders =
        modules().stream().map(module -> module.resolve("target/classes")).toList();
    for (Path folder : folders) {
      Tools.assume(Files.isDirectory(folder), folder + " is not compiled");
    }

    JavaClasses classes = new ClassFileImporter().importPaths(folders);

    assertThat(classes.stream().map(JavaClass::getPackageName))
        .contains(
            "io.kubesolo.update.fsm.build",
            "io.kubesolo.update.fleet",
            "io.kubesolo.update.benchmarks");
    slices().matching("(io.kubesolo.update..)").should().beFreeOfCycles().check(classes);
  }

  /** Returns the folders of the modules that have classes of this project. */
  private static List<Path> modules() throws IOException {
    try (Stream<Path> root = Files.list(ROOT);
        Stream<Path> examples = Files.list(ROOT.resolve("examples"))) {
      return Stream.concat(root, examples)
          .filter(folder -> Files.isDirectory(folder.resolve("src/main/java/io/kubesolo")))
          .toList();
    }
  }
}

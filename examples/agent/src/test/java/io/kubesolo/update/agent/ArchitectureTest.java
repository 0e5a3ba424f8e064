package io.kubesolo.update.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The dependencies between packages. */
class ArchitectureTest {
  private static final String AGENT = "io.kubesolo.update.agent";

  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("io.kubesolo.update");

  @Test
  void packagesOfTheAgentDependOnlyOnThoseBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(AGENT + "..")
        .layer("main")
        .definedBy(AGENT)
        .layer("build")
        .definedBy(AGENT + ".build")
        .layer("cli")
        .definedBy(AGENT + ".cli")
        .layer("demo")
        .definedBy(AGENT + ".demo")
        .layer("update")
        .definedBy(AGENT + ".update")
        .layer("download")
        .definedBy(AGENT + ".download")
        .layer("http")
        .definedBy(AGENT + ".http")
        .layer("fleet")
        .definedBy(AGENT + ".fleet")
        .layer("monitor")
        .definedBy(AGENT + ".monitor")
        .layer("event")
        .definedBy(AGENT + ".event")
        .layer("device")
        .definedBy(AGENT + ".device")
        .layer("io")
        .definedBy(AGENT + ".io")
        .ensureAllClassesAreContainedInArchitecture()
        .whereLayer("main")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("build")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("cli")
        .mayOnlyBeAccessedByLayers("main")
        // The run that records the class archive makes a device as the demonstration does.
        .whereLayer("demo")
        .mayOnlyBeAccessedByLayers("main", "cli")
        .whereLayer("update")
        .mayOnlyBeAccessedByLayers("cli", "demo")
        .whereLayer("download")
        .mayOnlyBeAccessedByLayers("cli", "demo", "update")
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("cli", "download", "fleet")
        .whereLayer("fleet")
        .mayOnlyBeAccessedByLayers("cli", "update")
        .whereLayer("monitor")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("device")
        .mayOnlyBeAccessedByLayers("cli", "demo", "update", "download", "fleet", "monitor")
        .whereLayer("event")
        .mayOnlyBeAccessedByLayers("cli", "monitor")
        .check(CLASSES.that(resideInAPackage(AGENT + "..")));
  }

  @Test
  void noPackageOfTheAgentOrTheLibrariesIsPartOfACycle() {
    slices().matching("(io.kubesolo.update..)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theLibrariesAreAmongTheClassesChecked() {
    assertThat(CLASSES.stream().map(JavaClass::getPackageName))
        .contains(
            "io.kubesolo.update.core", "io.kubesolo.update.fsm", "io.kubesolo.update.persist");
  }
}

package io.kubesolo.update.fsm.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.CompiledTable;
import io.kubesolo.update.fsm.MachineModel;
import io.kubesolo.update.fsm.diagram.SvgStructure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineCompilerTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
  private static final String CLASS = "io/kubesolo/update/fsm/CompiledEdges.class";
  private static final String PICTURE = "io/kubesolo/update/fsm/diagram/lifecycle.svg";

  @TempDir
  Path directory;

  @Test
  void generatesTheClassAndThePictureThatTheModuleShips() throws IOException {
    run();

    assertThat(classes().resolve(CLASS))
        .hasBinaryContent(shipped(CompiledTable.class, "CompiledEdges.class"));
    assertThat(classes().resolve(PICTURE))
        .hasBinaryContent(shipped(SvgStructure.class, SvgStructure.RESOURCE));
  }

  @Test
  void writesNothingIfNothingChanged() throws IOException {
    run();
    Map<Path, FileTime> before = age();

    run();

    assertThat(times()).isEqualTo(before);
  }

  @Test
  void writesNoOutputAgainThatHasTheSameBytes() throws IOException {
    run();
    age();
    Files.writeString(classes().resolve("Added.class"), "an input");

    run();

    assertThat(times().entrySet())
        .filteredOn(file -> !file.getValue().equals(LONG_AGO))
        .extracting(file -> file.getKey().getFileName().toString())
        .contains("fingerprint");
    assertThat(times()).containsEntry(classes().resolve(CLASS), LONG_AGO);
    assertThat(times()).containsEntry(classes().resolve(PICTURE), LONG_AGO);
  }

  @Test
  void restoresAnOutputThatIsMissingOrChanged() throws IOException {
    run();
    byte[] good = Files.readAllBytes(classes().resolve(CLASS));
    byte[] picture = Files.readAllBytes(classes().resolve(PICTURE));
    Files.delete(classes().resolve(CLASS));
    Files.writeString(classes().resolve(PICTURE), "<svg/>");

    run();

    assertThat(classes().resolve(CLASS)).hasBinaryContent(good);
    assertThat(classes().resolve(PICTURE)).hasBinaryContent(picture);
  }

  @Test
  void runsAgainAfterARunThatFailed() throws IOException {
    Path blocked = Files.createDirectories(classes().resolve(PICTURE).resolve("in the way"));
    assertThatIOException().isThrownBy(this::run);
    Files.delete(blocked);
    Files.delete(blocked.getParent());

    run();

    assertThat(classes().resolve(PICTURE)).isRegularFile();
  }

  @Test
  void writesNothingIfTheMachineIsFaulty() {
    MachineModel machine = MachineModel.declared();
    List<Edge> edges =
        machine.edges().stream().filter(edge -> edge.to() != Phase.FAILED).toList();
    MachineModel faulty =
        new MachineModel(Phase.IDLE, EnumSet.complementOf(EnumSet.of(Phase.FAILED)), edges);

    assertThatIllegalStateException()
        .isThrownBy(() -> MachineCompiler.compile(faulty, classes(), work()))
        .withMessageStartingWith("the machine is faulty: ")
        .withMessageContaining("failed is not declared as a state; ");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void reportsThatTheClassCannotBeCompiled() throws IOException {
    Path parent = Files.createDirectories(work().resolve("io/kubesolo/update"));
    Files.createFile(parent.resolve("fsm"));

    assertThatIllegalStateException()
        .isThrownBy(() -> MachineCompiler.compile(MachineModel.declared(), classes(), work()))
        .withMessageEndingWith("CompiledEdges.java cannot be compiled");
  }

  private Path classes() {
    return directory.resolve("classes");
  }

  private Path work() {
    return directory.resolve("work");
  }

  private void run() throws IOException {
    MachineCompiler.main(new String[] {classes().toString(), work().toString()});
  }

  /** Sets the modification time of every file to the past, and returns it. */
  private Map<Path, FileTime> age() throws IOException {
    for (Path file : times().keySet()) {
      Files.setLastModifiedTime(file, LONG_AGO);
    }
    return times();
  }

  private Map<Path, FileTime> times() throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  private static byte[] shipped(Class<?> neighbour, String resource) throws IOException {
    try (var stream = neighbour.getResource(resource).openStream()) {
      return stream.readAllBytes();
    }
  }
}

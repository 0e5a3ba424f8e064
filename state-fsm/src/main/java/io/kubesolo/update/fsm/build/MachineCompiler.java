package io.kubesolo.update.fsm.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.fsm.MachineModel;
import io.kubesolo.update.fsm.diagram.SvgStructure;
import io.kubesolo.update.fsm.verify.Finding;
import io.kubesolo.update.fsm.verify.Verifier;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * The build step that verifies the machine of the Spring config, and generates the class of its
 * edges and its picture. It writes a file only if its bytes change, and does nothing if a
 * fingerprint of its inputs and outputs is unchanged.
 */
final class MachineCompiler {
  private final Path classes;
  private final Path work;

  private MachineCompiler(Path classes, Path work) {
    this.classes = classes;
    this.work = work;
  }

  /**
   * Runs the build step.
   *
   * @param arguments the directory of this module's compiled classes, and one for temporary files
   */
  public static void main(String[] arguments) throws IOException {
    new MachineCompiler(Path.of(arguments[0]), Path.of(arguments[1])).compileIfChanged();
  }

  /**
   * Generates the class and the picture of a machine.
   *
   * @throws IllegalStateException if the machine is faulty, or no layout of its picture is without
   *     faults; then nothing is written
   */
  static void compile(MachineModel machine, Path classes, Path work) throws IOException {
    new MachineCompiler(classes, work).compile(machine);
  }

  private void compileIfChanged() throws IOException {
    Path fingerprint = work.resolve("fingerprint");
    boolean unchanged = Files.isRegularFile(fingerprint)
        && Files.readString(fingerprint).equals(Fingerprint.ofClassPath(classes));
    if (!unchanged) {
      Files.deleteIfExists(fingerprint);
      compile(MachineModel.declared());
      writeIfChanged(fingerprint, Fingerprint.ofClassPath(classes).getBytes(UTF_8));
    }
  }

  private void compile(MachineModel machine) throws IOException {
    List<Finding> findings = Verifier.verify(machine);
    if (!findings.isEmpty()) {
      throw new IllegalStateException("the machine is faulty: "
          + findings.stream().map(Finding::message).collect(joining("; ")));
    }
    String svg = SvgWriter.write(SvgLayout.of(new TransitionTable(machine.edges())));
    Path source = work.resolve(EdgesSource.NAME + ".java");
    writeIfChanged(source, EdgesSource.of(machine.edges()).getBytes(UTF_8));
    javac(source, work);
    copyIfChanged(EdgesSource.PACKAGE, EdgesSource.NAME + ".class");
    Path picture = inPackage(classes, SvgStructure.class.getPackageName());
    writeIfChanged(picture.resolve(SvgStructure.RESOURCE), svg.getBytes(UTF_8));
  }

  private void copyIfChanged(String packageName, String file) throws IOException {
    byte[] bytes = Files.readAllBytes(inPackage(work, packageName).resolve(file));
    writeIfChanged(inPackage(classes, packageName).resolve(file), bytes);
  }

  private static Path inPackage(Path root, String packageName) {
    return root.resolve(packageName.replace('.', '/'));
  }

  private static void writeIfChanged(Path file, byte[] bytes) throws IOException {
    if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    }
  }

  private static void javac(Path source, Path output) {
    int code = ToolProvider.getSystemJavaCompiler()
        .run(
            null,
            null,
            null,
            "--release",
            "17",
            "-proc:none",
            "-classpath",
            location(Edge.class),
            "-d",
            output.toString(),
            source.toString());
    if (code != 0) {
      throw new IllegalStateException(source + " cannot be compiled");
    }
  }

  /** Returns the jar or directory from which a class was loaded. */
  private static String location(Class<?> type) {
    try {
      return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the class path entry of " + type + " is not a file", e);
    }
  }
}

package io.kubesolo.update.fsm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.TransitionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The step of the build that verifies the machine of the Spring config, and writes this module's
 * resources from it: its edges, and their picture.
 */
final class MachineCompiler {
  private MachineCompiler() {}

  /**
   * Writes the resources.
   *
   * @param arguments the folder of this module's compiled classes
   */
  public static void main(String[] arguments) throws IOException {
    String inPackage = MachineCompiler.class.getPackageName().replace('.', '/');
    compile(new LifecycleConfig(), Path.of(arguments[0], inPackage));
  }

  /**
   * Writes the resources of a config into a folder.
   *
   * @throws IllegalStateException if the machine is faulty; then nothing is written
   */
  static void compile(LifecycleConfig config, Path folder) throws IOException {
    List<Finding> findings = Verifier.verify(Declaration.of(config));
    if (!findings.isEmpty()) {
      throw new IllegalStateException("the machine is faulty: "
          + findings.stream().map(Finding::message).collect(joining("; ")));
    }
    TransitionTable table = new TransitionTable(config.edges());
    Files.write(folder.resolve(CompiledTable.RESOURCE), CompiledTable.lines(table), UTF_8);
    Files.writeString(folder.resolve(Svg.RESOURCE), SvgWriter.write(new SvgLayout(table)), UTF_8);
  }
}

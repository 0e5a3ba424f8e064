package io.kubesolo.update.fsm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.TransitionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The step of the build that writes this module's resources from the Spring config: its edges, and
 * their picture.
 */
final class MachineCompiler {
  private MachineCompiler() {}

  /**
   * Writes the resources.
   *
   * @param arguments the folder of this module's compiled classes
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0], MachineCompiler.class.getPackageName().replace('.', '/'));
    TransitionTable table = new SpringEngine().table();
    Files.write(folder.resolve(CompiledTable.RESOURCE), CompiledTable.lines(table), UTF_8);
    Files.writeString(folder.resolve(Svg.RESOURCE), SvgWriter.write(new SvgLayout(table)), UTF_8);
  }
}

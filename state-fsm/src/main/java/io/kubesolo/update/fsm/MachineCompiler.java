package io.kubesolo.update.fsm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.TransitionTable;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * The step of the build that verifies the machine of the Spring config, and makes from it what this
 * module ships: its edges, and their picture.
 */
final class MachineCompiler {
  private MachineCompiler() {}

  /**
   * Makes what the module ships.
   *
   * @param arguments the folders of this module's compiled classes, and of sources that are made
   */
  public static void main(String[] arguments) throws IOException {
    compile(new LifecycleConfig(), Path.of(arguments[0]), Path.of(arguments[1]));
  }

  /**
   * Makes a class and a picture of a config.
   *
   * @throws IllegalStateException if the machine is faulty; then nothing is written
   */
  static void compile(LifecycleConfig config, Path classes, Path sources) throws IOException {
    List<Finding> findings = Verifier.verify(Declaration.of(config));
    if (!findings.isEmpty()) {
      throw new IllegalStateException("the machine is faulty: "
          + findings.stream().map(Finding::message).collect(joining("; ")));
    }
    TransitionTable table = new TransitionTable(config.edges());
    Path source = inPackage(sources)
        .resolve(CompiledTable.CLASS.substring(CompiledTable.CLASS.lastIndexOf('.') + 1) + ".java");
    Files.writeString(source, CompiledTable.source(table), UTF_8);
    javac(source, classes);
    Files.writeString(
        inPackage(classes).resolve(Svg.RESOURCE), SvgWriter.write(new SvgLayout(table)), UTF_8);
  }

  private static Path inPackage(Path root) throws IOException {
    return Files.createDirectories(
        root.resolve(MachineCompiler.class.getPackageName().replace('.', '/')));
  }

  private static void javac(Path source, Path classes) {
    int code = ToolProvider.getSystemJavaCompiler()
        .run(
            null,
            null,
            null,
            "--release",
            "17",
            "-proc:none",
            "-classpath",
            home(Edge.class),
            "-d",
            classes.toString(),
            source.toString());
    if (code != 0) {
      throw new IllegalStateException(source + " cannot be compiled");
    }
  }

  /** The jar or folder that a class was loaded from. */
  private static String home(Class<?> type) {
    try {
      return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("nobody knows where " + type + " is from", e);
    }
  }
}

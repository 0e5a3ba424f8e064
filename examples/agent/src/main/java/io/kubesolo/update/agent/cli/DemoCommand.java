package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.demo.Demo;
import io.kubesolo.update.agent.demo.DemoConsole;
import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows updates that succeed and fail, on a device of its own. */
final class DemoCommand extends AgentCommand implements DemoConsole {
  private static final String MAIN_CLASS = "io.kubesolo.update.agent.Main";

  private @Nullable Path dir;

  DemoCommand(CommandContext context) {
    super(
        context,
        "Shows updates on a simulated device.",
        "A good update, an altered download, a failed health check with rollback, and a kill",
        "during a download with recovery.");
    syntax
        .option(
            "--dir",
            "DIR",
            Path.class,
            folder -> dir = folder,
            "The folder to create the device in; it must not exist (default: a temporary one).")
        .example("  update-agent demo --dir demo");
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    try {
      return new Demo(this, folder()).run() ? ExitCode.OK : ExitCode.OTHER;
    } catch (FileSystemException e) {
      throw Failure.at(Path.of(e.getFile()), e, "name a new folder in one that exists");
    } catch (IOException e) {
      throw Failure.of("the demo cannot go on: " + e.getMessage());
    }
  }

  private Path folder() throws IOException {
    return dir == null
        ? Files.createTempDirectory("update-agent-demo-")
        : Files.createDirectory(dir);
  }

  @Override
  public void print(String line) {
    context.output.line(line);
  }

  @Override
  public void printHeading(String line) {
    context.output.styledLine(context.output.styled(Style.BOLD, line));
  }

  @Override
  public void printCommand(String line) {
    context.output.styledLine(context.output.styled(Style.CYAN, line));
  }

  @Override
  public void printError(String line) {
    context.output.error(line);
  }

  @Override
  public int run(String... arguments) {
    return UpdateAgent.run(
        context.output, InputStream.nullInputStream(), variable -> null, arguments);
  }

  @Override
  public Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:-UsePerfData",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        MAIN_CLASS));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove(CommandContext.STATE_VARIABLE);
    return builder.start();
  }
}

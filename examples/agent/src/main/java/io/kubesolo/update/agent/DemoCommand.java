package io.kubesolo.update.agent;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Shows updates that succeed and fail, on a device of its own. */
final class DemoCommand extends AgentCommand {
  private @Nullable Path dir;

  DemoCommand(Main main) {
    super(
        main,
        "Shows updates on a device that it makes itself.",
        "A good one, an altered download, a failed health check with rollback, and a kill in",
        "mid-download with recovery.");
    syntax
        .option(
            "--dir",
            "DIR",
            Path.class,
            folder -> dir = folder,
            "Where to make it: a folder that does not exist (default: a temporary one).")
        .example("  update-agent demo --dir demo");
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      return new Demo(main.output, folder()).run() ? ExitCode.OK : ExitCode.OTHER;
    } catch (FileSystemException e) {
      main.output.error(Trouble.at(Path.of(e.getFile()), e).message());
    } catch (IOException e) {
      main.output.error("the demo cannot go on: " + e.getMessage());
    }
    return ExitCode.OTHER;
  }

  private Path folder() throws IOException {
    return dir == null
        ? Files.createTempDirectory("update-agent-demo-")
        : Files.createDirectory(dir);
  }
}

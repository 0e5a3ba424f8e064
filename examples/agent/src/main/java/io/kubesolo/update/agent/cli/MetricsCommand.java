package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.Metrics;
import io.kubesolo.update.agent.monitor.MetricsFormat;
import io.kubesolo.update.agent.monitor.Observation;
import io.kubesolo.update.agent.monitor.Textfile;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes metrics of the update for Prometheus. */
final class MetricsCommand extends AgentCommand {
  private @Nullable Path textfile;

  MetricsCommand(CommandContext context) {
    super(context, "Prints metrics in the text format of Prometheus.");
    syntax
        .option(
            "--textfile",
            "FILE",
            Path.class,
            path -> textfile = path,
            "Write them to this file instead, which is replaced in one step,",
            "for node_exporter's textfile collector, which only reads files",
            "whose names end in .prom; another name is a warning.",
            "A FILE that exists and is not a regular file is refused.")
        .example(
            "  update-agent metrics",
            "  update-agent metrics --textfile /var/lib/node_exporter/kubesolo_update.prom");
  }

  @Override
  public Integer call() throws Failure {
    if (textfile != null && isStateFile(textfile)) {
      throw wrong("--textfile names the state file, or a file of its lock");
    }
    Observation observation = context.statusReader().observe();
    observation.warnings().forEach(context.output::warning);
    String text = Metrics.write(observation, MetricsFormat.TEXT);
    if (textfile == null) {
      context.output.text(text);
    } else {
      Textfile.replace(textfile, text);
      warnOfName(textfile);
    }
    return ExitCode.OK;
  }

  private void warnOfName(Path file) {
    if (!file.toString().endsWith(".prom")) {
      context.output.warning(
          file + ": node_exporter only reads files whose names end in .prom; choose such a name");
    }
  }

  /** Returns whether a path leads to the state file or to one that is kept beside it. */
  private boolean isStateFile(Path file) {
    String state = String.valueOf(context.statePath().getFileName());
    String name = String.valueOf(file.getFileName());
    return (name.equals(state)
            || (name.startsWith(state) && StateFile.BESIDE.stream().anyMatch(name::endsWith)))
        && directory(file).equals(directory(context.statePath()));
  }

  private static Path directory(Path file) {
    Path directory = file.toAbsolutePath().resolveSibling(".");
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      return directory.normalize();
    }
  }
}

package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.monitor.Metrics;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.persist.DurableFile;
import io.vavr.control.Either;
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
            "Replace this file with them instead, in one step, for",
            "node_exporter's textfile collector; its name ends in .prom.")
        .example(
            "  update-agent metrics",
            "  update-agent metrics --textfile /var/lib/node_exporter/kubesolo_update.prom");
  }

  @Override
  public Integer call() {
    Either<StoreFailure, StatusSnapshot> look = context.statusReader().read();
    look.mapLeft(Rejection::message).peekLeft(context.output::warning);
    String text = Metrics.expose(look, null).text();
    return textfile == null ? print(text) : replace(textfile, text);
  }

  private int print(String text) {
    context.output.text(text);
    return ExitCode.OK;
  }

  /** Leaves what others left there alone: another exporter may be about to rename it. */
  private int replace(Path file, String text) {
    return DurableFile.replace(file, text.getBytes(UTF_8)).map(this::lost).getOrElse(ExitCode.OK);
  }

  private int lost(NotPersisted failure) {
    context.output.error(failure.path() + ": " + failure.problem());
    return ExitCode.NOT_PERSISTED;
  }
}

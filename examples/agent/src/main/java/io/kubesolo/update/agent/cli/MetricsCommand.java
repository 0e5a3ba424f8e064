package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.Metrics;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.persist.DurableFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
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
  public Integer call() throws Failure {
    Either<StoreFailure, StatusSnapshot> status = context.statusReader().read();
    if (status.isLeft()) {
      context.output.warning(status.getLeft().message());
    }
    String text = Metrics.expose(status, null).text();
    if (textfile == null) {
      context.output.text(text);
    } else {
      replace(textfile, text);
    }
    return ExitCode.OK;
  }

  /** Leaves temporary files alone: another exporter may be about to rename its own. */
  private static void replace(Path file, String text) throws Failure {
    Option<NotPersisted> failure = DurableFile.replace(file, text.getBytes(UTF_8));
    if (failure.isDefined()) {
      throw Failure.of(
          Failure.Kind.NOT_PERSISTED,
          failure.get().path() + ": " + failure.get().problem());
    }
  }
}

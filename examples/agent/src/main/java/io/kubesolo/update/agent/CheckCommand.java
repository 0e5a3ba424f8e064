package io.kubesolo.update.agent;

import io.vavr.control.Either;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks the server what it offers. */
@Command(
    name = "check",
    description = "Asks the server what it offers.",
    mixinStandardHelpOptions = true)
final class CheckCommand extends DeviceCommand {
  @Option(names = "--json", description = "Answer in one line of JSON.")
  boolean json;

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(json ? bench.silent() : bench, work -> new CheckWork(work).run())
        .map(finding -> json ? finding.json() : finding.line());
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.HttpService;
import io.kubesolo.update.agent.monitor.MonitorRoutes;
import io.vavr.control.Either;
import io.vavr.control.Try;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/** Serves what operators and their tools look at, over HTTP, until the process is ended. */
final class ServeCommand extends AgentCommand {
  private String listen = "127.0.0.1:9815";

  ServeCommand(CommandContext context) {
    super(
        context,
        "Serves metrics and status over HTTP until it is terminated.",
        "A page at /, and /metrics, /status.json and /healthz, are generated from the state",
        "file at each request; the page follows the file. They are",
        "read-only.");
    syntax
        .option(
            "--listen",
            "HOST:PORT",
            String.class,
            address -> listen = address,
            "Where to listen (default: " + listen + ", for this device only);",
            "port 0 is any free port.")
        .example("  update-agent serve --listen 127.0.0.1:9815");
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    InetSocketAddress address = address().getOrElseThrow(this::wrong);
    try (HttpService service =
        HttpService.listen(address, MonitorRoutes.of(context.statusReader()))) {
      context.output.line("serving http://" + service.address() + "/");
      new CountDownLatch(1).await();
      return ExitCode.OK;
    }
  }

  private Either<String, InetSocketAddress> address() {
    return Try.of(() -> new URI("http://" + listen))
        .filter(uri -> uri.getHost() != null
            && uri.getPort() >= 0
            && uri.getPort() <= 65535
            && uri.getAuthority().equals(uri.getHost() + ":" + uri.getPort())
            && uri.getAuthority().equals(listen))
        .toEither("--listen is not HOST:PORT: " + listen)
        .flatMap(uri -> Try.of(() -> InetAddress.getByName(uri.getHost()))
            .toEither("--listen names an unknown host: " + uri.getHost())
            .map(host -> new InetSocketAddress(host, uri.getPort())));
  }
}

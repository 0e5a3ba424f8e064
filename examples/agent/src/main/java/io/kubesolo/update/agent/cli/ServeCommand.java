package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.MonitorServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/** Serves the pages and metrics for operators and their tools over HTTP, until it is terminated. */
final class ServeCommand extends AgentCommand {
  private static final int MAX_PORT = 65_535;

  private String listen = "127.0.0.1:9815";

  ServeCommand(CommandContext context) {
    super(
        context,
        "Serves metrics and status over HTTP until it is terminated.",
        "A page at /, and /metrics, /status.json and /healthz, are generated from the state",
        "file at each request; the page follows the file. /what-if shows what events would do.",
        "Nothing is written.");
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
    InetSocketAddress address = address();
    try (MonitorServer server = MonitorServer.start(address, context.statusReader())) {
      String served = "http://" + server.address() + "/";
      context.output.line("serving " + served);
      throw Failure.at(
          served, "the server has failed: " + server.awaitFailure() + "; start it again");
    }
  }

  private InetSocketAddress address() throws Failure {
    try {
      URI uri = new URI("http://" + listen);
      String host = uri.getHost();
      if (host == null
          || uri.getPort() < 0
          || uri.getPort() > MAX_PORT
          || !listen.equals(host + ":" + uri.getPort())) {
        throw wrong("--listen is not HOST:PORT: " + listen);
      }
      return new InetSocketAddress(InetAddress.getByName(host), uri.getPort());
    } catch (URISyntaxException e) {
      throw wrong("--listen is not HOST:PORT: " + listen);
    } catch (UnknownHostException e) {
      throw wrong("--listen names an unknown host: " + listen);
    }
  }
}

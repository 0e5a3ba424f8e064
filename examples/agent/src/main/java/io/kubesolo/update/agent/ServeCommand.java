package io.kubesolo.update.agent;

import com.sun.net.httpserver.HttpHandler;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.vavr.control.Either;
import io.vavr.control.Try;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Serves what operators and their tools look at, over HTTP, until the process is ended. */
final class ServeCommand extends AgentCommand {
  private static final int UNAVAILABLE = 503;

  private String listen = "127.0.0.1:9815";

  ServeCommand(Main main) {
    super(
        main,
        "Serves metrics and status over HTTP until it is ended.",
        "A page at /, and /metrics, /status.json and /healthz, are made of the state",
        "file at each request; the page follows the file. Nothing can be changed",
        "through them.");
    syntax
        .option(
            "--listen",
            "HOST:PORT",
            String.class,
            address -> listen = address,
            "Where to listen (default: " + listen + ", for this device only);",
            "port 0 is any that is free.")
        .example("  update-agent serve --listen 127.0.0.1:9815");
  }

  @Override
  public Integer call() throws InterruptedException {
    InetSocketAddress address = address().getOrElseThrow(this::wrong);
    Either<Trouble, Server> started = Server.listen(address, routes(main.observer()));
    if (started.isLeft()) {
      main.output.error(started.getLeft().message());
      return started.getLeft().exitCode();
    }
    try (Server server = started.get()) {
      main.output.line("serving http://" + server.address() + "/");
      new CountDownLatch(1).await();
      return ExitCode.OK;
    }
  }

  static Map<String, HttpHandler> routes(Observer observer) {
    Map<String, HttpHandler> routes = new LinkedHashMap<>();
    routes.put("/metrics", exchange -> {
      String accept = exchange.getRequestHeaders().getFirst("Accept");
      Metrics.Exposition metrics = Metrics.expose(observer.look(), accept);
      Reply.of(200, metrics.contentType(), metrics.text()).send(exchange);
    });
    routes.put("/status.json", exchange -> status(observer.look()).send(exchange));
    routes.put("/healthz", exchange -> health(observer.look()).send(exchange));
    routes.put("/", exchange -> {
      Page page = Page.of(observer.look(), observer.path().toString());
      exchange.getResponseHeaders().set("Content-Security-Policy", page.policy());
      exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
      Reply.of(page.status(), "text/html; charset=utf-8", page.html()).send(exchange);
    });
    routes.put("/events", new Changes(observer.path()));
    routes.put("/page.css", exchange -> file("text/css", "page.css").send(exchange));
    routes.put("/page.js", exchange -> file("text/javascript", "page.js").send(exchange));
    return routes;
  }

  private static Reply file(String type, String name) {
    return Reply.of(200, type + "; charset=utf-8", Page.resource(name));
  }

  private static Reply status(Either<StoreFailure, Standing> look) {
    return look.fold(
        failure ->
            Reply.json(UNAVAILABLE, FlatJson.write(Map.of("error", failure.message())) + "\n"),
        standing ->
            Reply.json(200, StatusReport.of(standing)).withEtag(StatusReport.etag(standing)));
  }

  private static Reply health(Either<StoreFailure, Standing> look) {
    return look.fold(
        failure -> Reply.text(UNAVAILABLE, Output.oneLine(failure.message())),
        standing -> Reply.text(200, "ok"));
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

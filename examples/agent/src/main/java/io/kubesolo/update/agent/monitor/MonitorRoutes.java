package io.kubesolo.update.agent.monitor;

import com.sun.net.httpserver.HttpHandler;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.vavr.control.Either;
import java.util.LinkedHashMap;
import java.util.Map;

/** The paths that are served over HTTP. Each answer is made of the state file at the request. */
public final class MonitorRoutes {
  private static final int UNAVAILABLE = 503;

  private MonitorRoutes() {}

  /** Returns the handler of each path. */
  public static Map<String, HttpHandler> of(StatusReader reader) {
    Map<String, HttpHandler> routes = new LinkedHashMap<>();
    routes.put("/metrics", exchange -> {
      String accept = exchange.getRequestHeaders().getFirst("Accept");
      Metrics.Exposition metrics = Metrics.expose(reader.read(), accept);
      HttpReply.of(200, metrics.contentType(), metrics.text()).send(exchange);
    });
    routes.put("/status.json", exchange -> status(reader.read()).send(exchange));
    routes.put("/healthz", exchange -> health(reader.read()).send(exchange));
    routes.put("/", exchange -> {
      Page page = Page.of(reader.read(), reader.path().toString());
      exchange.getResponseHeaders().set("Content-Security-Policy", page.policy());
      exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
      HttpReply.of(page.status(), "text/html; charset=utf-8", page.html()).send(exchange);
    });
    routes.put("/events", new EventStream(reader.path()));
    routes.put("/page.css", exchange -> file("text/css", "page.css").send(exchange));
    routes.put("/page.js", exchange -> file("text/javascript", "page.js").send(exchange));
    return routes;
  }

  private static HttpReply file(String type, String name) {
    return HttpReply.of(200, type + "; charset=utf-8", Page.resource(name));
  }

  private static HttpReply status(Either<StoreFailure, StatusSnapshot> look) {
    return look.fold(
        failure -> HttpReply.json(
            UNAVAILABLE, JsonObject.write(Map.of("error", failure.message())) + "\n"),
        standing ->
            HttpReply.json(200, StatusReport.of(standing)).withEtag(StatusReport.etag(standing)));
  }

  private static HttpReply health(Either<StoreFailure, StatusSnapshot> look) {
    return look.fold(
        failure -> HttpReply.text(UNAVAILABLE, OneLine.of(failure.message())),
        standing -> HttpReply.text(200, "ok"));
  }
}

package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.agent.event.ReplayLine;
import io.kubesolo.update.agent.event.Transcript;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.core.UpdateState;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;

/**
 * Serves the status over HTTP. The state file is read at each request.
 *
 * <p>Safe for use by several threads.
 */
public final class MonitorServer implements AutoCloseable {
  private static final int UNAVAILABLE = 503;

  private final HttpService service;
  private final EventStream events;
  private final BlockingQueue<Throwable> failures;

  private MonitorServer(
      HttpService service, EventStream events, BlockingQueue<Throwable> failures) {
    this.service = service;
    this.events = events;
    this.failures = failures;
  }

  /**
   * Starts a server.
   *
   * @param address where to listen; port 0 is any that is free
   * @param reader reads the status at each request
   * @return the server
   * @throws Failure if it cannot listen there
   */
  public static MonitorServer start(InetSocketAddress address, StatusReader reader) throws Failure {
    BlockingQueue<Throwable> failures = new ArrayBlockingQueue<>(1);
    HttpService service =
        HttpService.listen(address, HttpService.Limits.DEFAULT, routes(reader), failures::offer);
    EventStream events = EventStream.start(reader.path(), service::publish, failures::offer);
    return new MonitorServer(service, events, failures);
  }

  private static Map<String, Function<HttpRequest, HttpReply>> routes(StatusReader reader) {
    Map<String, Function<HttpRequest, HttpReply>> routes = new LinkedHashMap<>();
    routes.put("/metrics", request -> {
      MetricsFormat format = MetricsFormat.accepted(request.header("accept"));
      return HttpReply.of(200, format.contentType(), Metrics.write(reader.observe(), format));
    });
    routes.put("/status.json", request -> status(reader.observe()));
    routes.put("/healthz", request -> health(reader.observe()));
    routes.put("/", request -> Page.of(reader.observe()).reply());
    routes.put("/what-if", request -> whatIf(request, reader));
    routes.put("/what-if.jsonl", MonitorServer::replay);
    routes.put("/what-if.txt", request -> transcript(request, reader));
    routes.put("/events", request -> EventStream.answer());
    routes.put("/page.css", request -> file("text/css", "page.css"));
    routes.put("/page.js", request -> file("text/javascript", "page.js"));
    return routes;
  }

  private static HttpReply file(String type, String name) {
    return HttpReply.of(200, type + "; charset=utf-8", Page.resource(name));
  }

  private static HttpReply status(Observation observation) {
    try {
      return HttpReply.json(200, StatusReport.of(observation))
          .withEtag(StatusReport.etag(observation));
    } catch (Failure e) {
      return HttpReply.json(UNAVAILABLE, StatusReport.unreadable(observation, e));
    }
  }

  private static HttpReply whatIf(HttpRequest request, StatusReader reader) {
    WhatIfAddress address = WhatIfAddress.parse(request.query());
    if (address.problem().isDefined() && address.events().isEmpty()) {
      return HttpReply.text(400, OneLine.of(address.problem().get()));
    }
    Observation observation = reader.observe();
    try {
      return Page.whatIf(observation, WhatIfView.of(address, observation, reader))
          .reply();
    } catch (Failure e) {
      return Page.unreadable(observation).reply();
    }
  }

  /** Returns the events of an exploration as lines for replay. */
  private static HttpReply replay(HttpRequest request) {
    WhatIfAddress address = WhatIfAddress.parse(request.query());
    if (address.problem().isDefined()) {
      return HttpReply.text(400, OneLine.of(address.problem().get()));
    }
    return HttpReply.of(200, "application/x-ndjson", ReplayLine.text(address.events()))
        .with("Content-Disposition", "attachment; filename=\"what-if.jsonl\"");
  }

  /** Returns an exploration as a transcript. */
  private static HttpReply transcript(HttpRequest request, StatusReader reader) {
    WhatIfAddress address = WhatIfAddress.parse(request.query());
    if (address.problem().isDefined()) {
      return HttpReply.text(400, OneLine.of(address.problem().get()));
    }
    try {
      UpdateState start =
          address.start().isDefined() ? address.start().get() : reader.read().state();
      String text = Transcript.of(reader.engine(), start, address.lines(), reader.settings());
      return HttpReply.of(200, "text/plain; charset=utf-8", text)
          .with("Content-Disposition", "attachment; filename=\"what-if.txt\"");
    } catch (Failure e) {
      int status = e.kind() == Failure.Kind.UNREADABLE ? UNAVAILABLE : 400;
      return HttpReply.text(status, OneLine.of(e.message()));
    }
  }

  private static HttpReply health(Observation observation) {
    try {
      observation.requireState();
      return HttpReply.text(200, "ok");
    } catch (Failure e) {
      return HttpReply.text(UNAVAILABLE, OneLine.of(e.message()));
    }
  }

  /** Returns where this server listens: {@code host:port}. */
  public String address() {
    return service.address();
  }

  /** Waits until a thread that the server cannot do without has failed, and returns why. */
  public Throwable awaitFailure() throws InterruptedException {
    return failures.take();
  }

  @Override
  public void close() {
    events.close();
    service.close();
  }
}

package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.fleet.Devices.Device;
import io.kubesolo.update.fleet.FleetQuery.Filter;
import io.kubesolo.update.fleet.FleetQuery.Page;
import io.kubesolo.update.fleet.FleetQuery.Row;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.diagram.Diagram;
import io.vavr.control.Either;
import io.vavr.control.Option;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The pages for people. The build compiles their templates from {@code src/main/jte}; they escape
 * values by their context.
 */
@RestController
@SuppressWarnings("NullAway") // jte takes null where no interceptor watches the output.
final class FleetPages {
  /** The phases of a device that is being updated to the version in its row. */
  private static final Set<String> UPDATING =
      Set.of("downloading", "staged", "activated", "verifying");

  private static final int FEW = 10;
  private static final int PAGE = 100;

  /** Characters that HTML may not contain, or that reorder or hide the text around them. */
  private static final Pattern INVISIBLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}&&[^\\n\\t]]");

  private final FleetQuery query;
  private final Devices devices;
  private final Diagram diagram;

  FleetPages(FleetQuery query, Devices devices, LifecycleEngine engine) {
    this.query = query;
    this.devices = devices;
    this.diagram = Diagram.of(engine.table());
  }

  @GetMapping("/")
  ResponseEntity<String> overview() {
    Map<String, Long> counts = new LinkedHashMap<>();
    Map<String, Map<String, Long>> rollouts = new LinkedHashMap<>();
    for (Map<String, Object> row : query.count(Filter.ALL, List.of("version", "phase"))) {
      String phase = (String) row.get("phase");
      long number = (Long) row.get("devices");
      counts.merge(phase, number, Long::sum);
      String version = (String) row.get("version");
      if (version != null) {
        rollouts.computeIfAbsent(version, key -> new LinkedHashMap<>()).put(phase, number);
      }
    }
    rollouts.values().removeIf(phases -> Collections.disjoint(UPDATING, phases.keySet()));
    long overdue = (Long) query.count(Filter.OVERDUE, List.of()).get(0).get("devices");
    Map<String, List<Row>> rows = Map.of(
        "overdue", query.list(Filter.OVERDUE, "", FEW).devices(),
        "failed", query.list(Filter.in("failed"), "", FEW).devices(),
        "rolled_back", query.list(Filter.in("rolled_back"), "", FEW).devices());
    return page(
        HttpStatus.OK,
        html -> JteoverviewGenerated.render(html, null, counts, rollouts, overdue, rows));
  }

  @GetMapping("/list")
  ResponseEntity<String> list(
      Filter filter,
      @RequestParam(name = "after", defaultValue = "") String after,
      HttpServletRequest request) {
    Page page = query.list(filter, after, PAGE);
    String next = page.nextAfter() == null
        ? ""
        : UriComponentsBuilder.fromPath("/list")
            .query(request.getQueryString())
            .replaceQueryParam("after", URLEncoder.encode(page.nextAfter(), UTF_8))
            .build()
            .toUriString();
    return page(
        HttpStatus.OK, html -> JtelistGenerated.render(html, null, filter, page.devices(), next));
  }

  @GetMapping("/device")
  ResponseEntity<String> device(@RequestParam(name = "id") String id) {
    Either<StoreFailure, Device> read = devices.read(id);
    if (read.isLeft() || read.get().state().revision() == 0) {
      String text = read.fold(StoreFailure::message, none -> "No event was accepted for it yet.");
      return page(
          read.isLeft() ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.NOT_FOUND,
          html -> JtemessageGenerated.render(html, null, id, text));
    }
    String svg = diagram.render(Diagram.Format.SVG, Option.some(read.get().state()));
    String picture = Base64.getEncoder().encodeToString(svg.getBytes(UTF_8));
    return page(HttpStatus.OK, html -> JtedeviceGenerated.render(html, null, read.get(), picture));
  }

  private static ResponseEntity<String> page(
      HttpStatus status, Consumer<HtmlTemplateOutput> template) {
    StringOutput html = new StringOutput();
    template.accept(new OwaspHtmlTemplateOutput(html));
    return ResponseEntity.status(status)
        .contentType(new MediaType(MediaType.TEXT_HTML, UTF_8))
        .header(
            "Content-Security-Policy",
            "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none';"
                + " form-action 'self'; frame-ancestors 'none'")
        .header("Referrer-Policy", "no-referrer")
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-store")
        .body(INVISIBLE.matcher(html.toString()).replaceAll("\uFFFD"));
  }
}

package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.diagram.Diagram;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The pages for people: the state of the update, the reasons for it, and what may happen next; and
 * what events would do. The build compiles their templates from {@code src/main/jte}; they escape
 * values by their context.
 *
 * @param status the HTTP status
 * @param html the document
 * @param policy its Content-Security-Policy
 */
@SuppressWarnings("NullAway") // jte takes null where no interceptor watches the output.
record Page(int status, String html, String policy) {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);

  /** Returns the page of an observation. */
  static Page of(Observation observation) {
    return observation
        .state()
        .map(snapshot -> status(observation, snapshot))
        .orElseGet(() -> unreadable(observation));
  }

  HttpReply reply() {
    return HttpReply.of(status, "text/html; charset=utf-8", html)
        .with("Content-Security-Policy", policy)
        .with("Referrer-Policy", "no-referrer");
  }

  /** Returns a file that belongs to the page. */
  static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page unreadable(Observation observation) {
    String reason = observation.unreadable().map(Failure::message).orElse("");
    String html = render(output -> JteunreadableGenerated.render(
        output,
        null,
        hostName(),
        observation.device(),
        reason,
        observation.path().toString()));
    return new Page(503, html, policy("", "'none'"));
  }

  private static Page status(Observation observation, StatusSnapshot snapshot) {
    String diagram =
        Diagram.of(snapshot.table()).render(Diagram.Format.SVG, Option.some(snapshot.state()));
    String html = render(output -> JtestatusGenerated.render(
        output,
        null,
        hostName(),
        observation.device(),
        observation.rebootRequired(),
        observation.waits().orElse(List.of()),
        snapshot,
        diagram,
        observation.path().toString()));
    return new Page(200, html, policy(diagram, "'none'"));
  }

  /** Returns the page of an exploration, whose forms lead to itself. */
  static Page whatIf(Observation observation, WhatIfView view) {
    String html = render(
        output -> JtewhatifGenerated.render(output, null, hostName(), observation.device(), view));
    return new Page(view.problem().isEmpty() ? 200 : 400, html, policy(view.diagram(), "'self'"));
  }

  /** Returns the name of the host that this program runs on, without asking a name server. */
  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "This device";
    }
  }

  /**
   * Renders a template. Replaces all characters that HTML may not contain, or that reorder or hide
   * the text around them.
   */
  private static String render(Consumer<HtmlTemplateOutput> template) {
    StringOutput html = new StringOutput();
    template.accept(new OwaspHtmlTemplateOutput(html));
    return html.toString()
        .codePoints()
        .map(each -> isVisible(each) ? each : 0xFFFD)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isVisible(int character) {
    return character == '\n' || character == '\t' || OneLine.isVisible(character);
  }

  /**
   * Returns a policy that allows only this server's own style and script, and the diagram's style.
   */
  private static String policy(String diagram, String formAction) {
    Matcher style = STYLE.matcher(diagram);
    String hash = style.find() ? " 'sha256-" + digest(style.group(1)) + "'" : "";
    return "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; style-src 'self'"
        + hash
        + "; base-uri 'none'; form-action " + formAction + "; frame-ancestors 'none'";
  }

  private static String digest(String style) {
    return Base64.getEncoder()
        .encodeToString(HexFormat.of().parseHex(Sha256.of(style.getBytes(UTF_8))));
  }

  /** Returns the part of the title before the name of the host: the phase, and what runs. */
  static String title(UpdateState state, Optional<DeviceStatus> device) {
    return state.phase().wireName().replace('_', ' ')
        + device.flatMap(DeviceStatus::version).map(version -> " · " + version).orElse("");
  }

  /** Returns the class by which the style colours a phase. */
  static String kind(Phase phase) {
    return switch (phase) {
      case IDLE -> "neutral";
      case SUCCESS -> "good";
      case FAILED, ROLLED_BACK -> "bad";
      case CHECKING, DOWNLOADING, STAGED, ACTIVATED, VERIFYING -> "busy";
    };
  }

  /** Returns whether a device was never updated. */
  static boolean isFresh(UpdateState state) {
    return state.phase() == Phase.IDLE
        && state.revision() == 0
        && state.startedAt().isEmpty();
  }

  /** Returns how long a phase has lasted beyond its limit. */
  static Duration lateness(Overdue overdue) {
    return overdue.age().minus(overdue.limit());
  }

  /** Returns a time for people, to the second. */
  static String time(Instant at) {
    return at.toString().replaceFirst("T", " ").replaceFirst("(\\.\\d+)?Z$", " UTC");
  }

  static String names(List<Phase> phases) {
    return phases.stream().map(Phase::wireName).collect(Collectors.joining(", "));
  }

  static List<HistoryEntry> newestFirst(List<HistoryEntry> history) {
    List<HistoryEntry> entries = new ArrayList<>(history);
    Collections.reverse(entries);
    return entries;
  }
}

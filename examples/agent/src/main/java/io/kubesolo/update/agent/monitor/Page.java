package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Explanation;
import io.kubesolo.update.fsm.diagram.Diagram;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The one page for people: where the update stands, why, and what may happen next.
 *
 * @param status the HTTP status
 * @param html the document
 * @param policy its Content-Security-Policy
 */
record Page(int status, String html, String policy) {
  private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);
  private static final Pattern PLACE = Pattern.compile("<!-- (\\w+) -->");

  /** The page of what is found in the state file. */
  static Page of(Either<StoreFailure, StatusSnapshot> look, String path) {
    return look.fold(failure -> unreadable(failure, path), standing -> standing(standing, path));
  }

  /** A file that goes with the page. */
  static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Page unreadable(StoreFailure failure, String path) {
    String main = "<section class=\"alarm\" role=\"alert\">\n<h1>The state cannot be read</h1>\n<p>"
        + Html.text(failure.message())
        + "</p>\n<p>Nothing is overwritten. Look at the file, and where it is beyond help run "
        + "<code>update-agent repair</code>, which moves it aside and begins anew.</p>\n</section>\n";
    return page(503, "unreadable", main, path);
  }

  private static Page standing(StatusSnapshot standing, String path) {
    UpdateState state = standing.state();
    String diagram = Diagram.of(standing.table()).render(Diagram.Format.SVG, Option.some(state));
    String main = headline(standing)
        + "<div class=\"columns\">\n<div>\n"
        + section("now", "Now", "<dl>\n" + facts(standing) + "</dl>\n")
        + section("next", "What may happen next", events(standing))
        + section("history", "History", history(state))
        + "</div>\n"
        + section(
            "diagram",
            "The lifecycle",
            "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Diagram, scrollable\">\n"
                + diagram
                + "</div>\n")
        + "</div>\n";
    return page(200, state.phase().wireName(), main, path);
  }

  private static Page page(int status, String title, String main, String path) {
    Matcher place = PLACE.matcher(resource("page.html"));
    String html = place.replaceAll(found -> Matcher.quoteReplacement(
        switch (found.group(1)) {
          case "title" -> Html.text(title);
          case "main" -> main;
          case "path" -> Html.text(path);
          default -> throw new IllegalStateException(found.group());
        }));
    return new Page(status, html, policy(main));
  }

  /** Only this server's own style and script, and the style in the picture. */
  private static String policy(String main) {
    Matcher style = STYLE.matcher(main);
    String picture = style.find() ? " 'sha256-" + digest(style.group(1)) + "'" : "";
    return "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; style-src 'self'"
        + picture
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  private static String digest(String style) {
    Sha256 sha256 = new Sha256();
    sha256.update(ByteBuffer.wrap(style.getBytes(UTF_8)));
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256.digits()));
  }

  private static String section(String id, String name, String html) {
    return "<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" + Html.text(name)
        + "</h2>\n" + html + "</section>\n";
  }

  private static String headline(StatusSnapshot standing) {
    UpdateState state = standing.state();
    List<String> facts = new ArrayList<>();
    state
        .toVersion()
        .forEach(to -> facts.add(
            state.fromVersion().map(from -> Html.code(from) + " &rarr; ").getOrElse("to ")
                + Html.code(to)));
    standing.age().forEach(age -> facts.add("for " + Html.text(Deadlines.inWords(age))));
    if (standing.rebooted()) {
      facts.add("the device has booted since");
    }
    String overdue = standing
        .overdue()
        .map(late -> "<p class=\"alarm\" role=\"alert\">Overdue: this phase may last "
            + Html.text(Deadlines.inWords(late.limit()))
            + ". <code>update-agent tick</code> sends "
            + Html.code(late.event().type().wireName())
            + ".</p>\n")
        .getOrElse("");
    return "<header class=\"phase " + kind(state.phase()) + "\">\n<h1>"
        + Html.text(state.phase().wireName().replace('_', ' '))
        + "</h1>\n<p>" + String.join(" &middot; ", facts) + "</p>\n</header>\n" + overdue;
  }

  private static String kind(Phase phase) {
    return switch (phase) {
      case IDLE, SUCCESS -> "good";
      case FAILED, ROLLED_BACK -> "bad";
      case CHECKING, DOWNLOADING, STAGED, ACTIVATED, VERIFYING -> "busy";
    };
  }

  private static String facts(StatusSnapshot standing) {
    UpdateState state = standing.state();
    long most = standing.settings().maxAttempts();
    List<String> rows = new ArrayList<>();
    state.fromVersion().forEach(from -> rows.add(Html.row("From version", Html.code(from))));
    state.toVersion().forEach(to -> rows.add(Html.row("To version", Html.code(to))));
    rows.add(Html.row("Attempt", state.attemptCount() + (most > 0 ? " of " + most : "")));
    state
        .lastError()
        .forEach(error -> rows.add(
            Html.row("Last error", "<span class=\"error\">" + Html.text(error) + "</span>")));
    standing
        .limit()
        .forEach(limit -> rows.add(Html.row("May last", Html.text(Deadlines.inWords(limit)))));
    state.startedAt().forEach(at -> rows.add(Html.row("Started", time(at.toString()))));
    if (standing.age().isDefined() || state.revision() > 0) {
      state.updatedAt().forEach(at -> rows.add(Html.row("Last event", time(at.toString()))));
    }
    rows.add(Html.row("Revision", Long.toString(state.revision())));
    if (!state.rolledBackVersions().isEmpty()) {
      rows.add(Html.row(
          "Rolled back",
          state.rolledBackVersions().stream().map(Html::code).collect(Collectors.joining(" "))));
    }
    return Html.join(rows);
  }

  /** To the second for people, and exactly for programs. */
  private static String time(String instant) {
    return "<time datetime=\"" + Html.text(instant) + "\">"
        + Html.text(instant.replaceFirst("T", " ").replaceFirst("(\\.\\d+)?Z$", " UTC"))
        + "</time>";
  }

  private static String events(StatusSnapshot standing) {
    List<String> yes = new ArrayList<>();
    List<String> no = new ArrayList<>();
    for (Explanation each : standing.explanations()) {
      if (each.edge().isDefined()) {
        yes.add("<li>" + Html.code(each.event().wireName()) + " <span>leads to "
            + Html.text(each.edge().get().to().wireName()) + "</span>"
            + conditions(each.conditions()) + "</li>\n");
      } else {
        String phases =
            each.legalIn().stream().map(Phase::wireName).collect(Collectors.joining(", "));
        no.add("<li>" + Html.code(each.event().wireName()) + " <span>only in " + Html.text(phases)
            + "</span></li>\n");
      }
    }
    return "<ul class=\"events\">\n" + Html.join(yes) + "</ul>\n<details>\n<summary>"
        + no.size() + " events are refused now</summary>\n<ul class=\"events\">\n"
        + Html.join(no) + "</ul>\n</details>\n";
  }

  private static String conditions(List<Denial> conditions) {
    return conditions.isEmpty()
        ? ""
        : conditions.stream()
            .map(denial -> "<li>" + Html.code(denial.guard().ruleName()) + " "
                + Html.text(denial.requirement()) + "</li>")
            .collect(Collectors.joining("", "<ul>", "</ul>"));
  }

  private static String history(UpdateState state) {
    if (state.history().isEmpty()) {
      return "<p>No event is remembered.</p>\n";
    }
    List<String> entries = new ArrayList<>();
    for (HistoryEntry entry : state.history()) {
      entries.add(
          0,
          "<li>" + time(entry.at().toString()) + " " + Html.code(entry.event())
              + " <span>" + Html.text(entry.from()) + " &rarr; " + Html.text(entry.to()) + "</span>"
              + entry.toVersion().map(to -> " " + Html.code(to)).getOrElse("")
              + entry
                  .error()
                  .map(error -> "<span class=\"error\">" + Html.text(error) + "</span>")
                  .getOrElse("")
              + "</li>\n");
    }
    return "<ol class=\"timeline\" reversed>\n" + Html.join(entries) + "</ol>\n";
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.monitor.DeviceStatus;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A status for a person: the answers that are wanted first, and then the details. */
final class StatusText {
  private static final int VALUE_COLUMN = 13;

  private final StatusView view;
  private final Output output;

  StatusText(StatusView view, Output output) {
    this.view = view;
    this.output = output;
  }

  void print() {
    UpdateState state = view.state();
    device();
    row("phase", phase(), phaseStyle());
    view.snapshot().overdue().forEach(overdue -> row("overdue", late(overdue), Style.RED));
    state.lastError().forEach(this::error);
    for (ActivationWait wait : view.device().waits().getOrElse(List.of())) {
      row("waits", wait.words());
    }
    toDo();
    row("from", state.fromVersion());
    row("to", state.toVersion());
    if (state.attemptCount() > 0) {
      row("attempt", Messages.attempts(state, view.snapshot().settings().maxAttempts()));
    }
    row("started", state.startedAt().map(LocalTime::of));
    if (!state.rolledBackVersions().isEmpty()) {
      row("rolled back", String.join(", ", state.rolledBackVersions()));
    }
    row("revision", Long.toString(state.revision()));
    row("permitted", Messages.names(view.snapshot().permitted()));
    row("state file", view.file() + (view.exists() ? "" : " does not exist: nothing is recorded"));
  }

  private void device() {
    view.device().problem().forEach(problem -> row("runs", "unknown: " + problem, Style.RED));
    for (DeviceStatus status : view.device().status()) {
      String version = status.version().orElse("an unknown version");
      row("runs", version + " in slot " + status.slot() + goodness(status));
      row("next boot", nextBoot(status));
    }
  }

  private String goodness(DeviceStatus status) {
    if (status.next().filter(slot -> slot == status.slot()).isEmpty()) {
      return "";
    }
    return status.isGood() ? ", marked good" : ", on trial: not marked good";
  }

  private static String nextBoot(DeviceStatus status) {
    return status
        .next()
        .map(slot ->
            "slot " + slot + status.nextVersion().map(with -> " with " + with).orElse(""))
        .orElse(
            "unknown: the boot environment cannot be read; the next healthcheck writes it anew");
  }

  private String phase() {
    StatusSnapshot snapshot = view.snapshot();
    UpdateState state = view.state();
    String age = view.age().map(words -> " " + words).getOrElse("");
    String limit = snapshot
        .limit()
        .filter(most -> !age.isEmpty())
        .map(most -> " of " + Deadlines.inWords(most))
        .getOrElse("");
    String since = state.revision() > 0
        ? state.updatedAt().map(at -> ", since " + LocalTime.of(at)).getOrElse("")
        : "";
    return state.phase() + age + limit + since;
  }

  private Style phaseStyle() {
    return switch (view.state().phase()) {
      case FAILED, ROLLED_BACK -> Style.RED;
      case SUCCESS -> Style.GREEN;
      default -> Style.BOLD;
    };
  }

  private static String late(Overdue overdue) {
    Duration limit = overdue.limit();
    return "it may last %s; tick sends %s"
        .formatted(Deadlines.inWords(limit), overdue.event().type());
  }

  private void error(String text) {
    if (view.isErrorCurrent()) {
      row("error", text, Style.RED);
    } else {
      row("error", "of an earlier attempt: " + text);
    }
  }

  private void toDo() {
    Option<String> advice = view.toDo();
    if (advice.isDefined()) {
      row("to do", advice.get(), Style.YELLOW);
    } else if (view.device().isNamed()) {
      row("to do", "nothing");
    }
  }

  private void row(String name, Option<String> value) {
    value.forEach(text -> row(name, text));
  }

  private void row(String name, String value) {
    row(name, value, null);
  }

  private void row(String name, String value, @Nullable Style style) {
    output.row(name, VALUE_COLUMN, value, style);
  }
}

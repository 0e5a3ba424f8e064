package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.HeldFleetLock;
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

/** A status for the operator: first what is needed most, then the details. */
final class StatusText {
  static final int VALUE_COLUMN = 13;

  private final StatusView view;
  private final Output output;

  StatusText(StatusView view, Output output) {
    this.view = view;
    this.output = output;
  }

  void print() {
    UpdateState state = view.state();
    new DeviceText(view.device(), output).print();
    row("phase", phase(), phaseStyle());
    Option<Overdue> overdue = view.snapshot().overdue();
    if (overdue.isDefined()) {
      row("overdue", late(overdue.get()), Style.RED);
    }
    if (state.lastError().isDefined()) {
      error(state.lastError().get());
    }
    for (ActivationWait wait : view.device().waits().getOrElse(List.of())) {
      row("waits", wait.words());
    }
    fleetLocks();
    toDo();
    row("from", state.fromVersion());
    row("to", state.toVersion());
    if (state.attemptCount() > 0) {
      row("attempt", view.snapshot().attempts());
    }
    if (state.startedAt().isDefined()) {
      row("started", LocalTime.of(state.startedAt().get()));
    }
    if (!state.rolledBackVersions().isEmpty()) {
      row("rolled back", String.join(", ", state.rolledBackVersions()));
    }
    row("revision", Long.toString(state.revision()));
    row("permitted", Messages.names(view.snapshot().permitted()));
    row("state file", view.file() + (view.exists() ? "" : " does not exist: nothing is recorded"));
  }

  private void fleetLocks() {
    for (DeviceStatus status : view.device().status()) {
      for (HeldFleetLock held : status.fleetLocks()) {
        row(
            "fleet lock",
            "held since %s: group %s at %s"
                .formatted(
                    LocalTime.of(held.since()), held.lock().group(), held.lock().url()));
      }
    }
  }

  private String phase() {
    StatusSnapshot snapshot = view.snapshot();
    UpdateState state = view.state();
    StringBuilder words = new StringBuilder(state.phase().toString());
    if (view.age().isDefined()) {
      words.append(' ').append(view.age().get());
      if (snapshot.limit().isDefined()) {
        words.append(" of ").append(Deadlines.inWords(snapshot.limit().get()));
      }
      if (snapshot.isAgeOfBoot()) {
        words.append(" (counted from this boot)");
      }
    }
    if (state.revision() > 0 && state.updatedAt().isDefined()) {
      words.append(", since ").append(LocalTime.of(state.updatedAt().get()));
    }
    return words.toString();
  }

  private Style phaseStyle() {
    return switch (view.state().phase()) {
      case FAILED, ROLLED_BACK -> Style.RED;
      case SUCCESS -> Style.GREEN;
      case IDLE, CHECKING, DOWNLOADING, STAGED, ACTIVATED, VERIFYING -> Style.BOLD;
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
    if (value.isDefined()) {
      row(name, value.get());
    }
  }

  private void row(String name, String value) {
    row(name, value, null);
  }

  private void row(String name, String value, @Nullable Style style) {
    output.row(name, VALUE_COLUMN, value, style);
  }
}

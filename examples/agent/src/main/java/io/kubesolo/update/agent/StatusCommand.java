package io.kubesolo.update.agent;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Reconciliation;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.vavr.control.Either;

/** Says where the update stands. */
final class StatusCommand extends AgentCommand {
  private boolean json;

  StatusCommand(Main main) {
    super(main, "Says where the update stands.");
    syntax
        .flag("--json", () -> json = true, "Print the state file as it is.")
        .example("  update-agent --state state.json status --json");
  }

  @Override
  public Integer call() {
    return json ? copy() : describe();
  }

  private int copy() {
    Either<StoreFailure, byte[]> bytes = main.file().bytes();
    if (bytes.isLeft()) {
      return main.fail(bytes.getLeft());
    }
    main.output.out().writeBytes(bytes.get());
    main.output.out().flush();
    return ExitCode.OK;
  }

  private int describe() {
    return main.read().map(loaded -> loaded.state()).fold(main::fail, state -> {
      print(state);
      return ExitCode.OK;
    });
  }

  private void print(UpdateState state) {
    LifecycleSettings settings = main.settings();
    String phase = main.output.styled("bold", state.phase().wireName());
    row("phase", phase + age(state));
    state.fromVersion().forEach(version -> row("from", version));
    state.toVersion().forEach(version -> row("to", version));
    if (state.attemptCount() > 0) {
      row("attempt", Wording.attempts(state, settings.maxAttempts()));
    }
    state.lastError().forEach(error -> row("error", main.output.styled("red", oneLine(error))));
    state.startedAt().forEach(at -> row("started", at.toString()));
    state.updatedAt().filter(at -> state.revision() > 0).forEach(at -> row("updated", at + ""));
    if (!state.rolledBackVersions().isEmpty()) {
      row("rolled back", String.join(", ", state.rolledBackVersions()));
    }
    row("revision", Long.toString(state.revision()));
    row("permitted", Wording.names(main.newEngine().table().permitted(state.phase())));
  }

  /** How long the phase has lasted, by the kernel's uptime; the wall clock may lie. */
  private String age(UpdateState state) {
    if (state.revision() == 0) {
      return "";
    }
    boolean rebooted = Reconciliation.rebooted(state, main.boot());
    return Deadlines.age(state, main.boot())
        .map(Deadlines::inWords)
        .map(age -> rebooted ? " since before the boot " + age + " ago" : " for " + age)
        .getOrElse("");
  }

  private void row(String name, String value) {
    main.output.line(name + " ".repeat(13 - name.length()) + value);
  }

  private static String oneLine(String text) {
    return Output.oneLine(text);
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.ActivationWait.Reason;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.util.List;

/**
 * What a status shows.
 *
 * @param file the state file
 * @param exists whether the file exists
 * @param snapshot the state of the update
 * @param device what runs and what boots next
 */
record StatusView(Path file, boolean exists, StatusSnapshot snapshot, DeviceView device) {
  /** How the error of an {@code apply} ends whose download was denied for want of attempts. */
  private static final String USED_UP = " attempts used up";

  private static final String CORRECT = "correct what is wrong";

  UpdateState state() {
    return snapshot.state();
  }

  /** Returns whether the error is of the present phase, and not of an earlier attempt. */
  boolean isErrorCurrent() {
    return state().phase() == Phase.FAILED || state().phase() == Phase.ROLLED_BACK;
  }

  /** Returns what the operator should do now, or none. */
  Option<String> toDo() {
    if (snapshot.overdue().isDefined()) {
      return Option.some(
          "run tick, which sends " + snapshot.overdue().get().event().type());
    }
    if (device.problem().isDefined()) {
      return Option.some("correct the problem shown at runs; no update continues until then");
    }
    if (device.isRebootRequired()) {
      return Option.some(state().phase() == Phase.ACTIVATED ? whenAllowed("reboot") : "reboot");
    }
    return switch (state().phase()) {
      case ACTIVATED -> onDevice(afterActivation());
      case VERIFYING -> onDevice("run healthcheck, which confirms or rolls back");
      case IDLE, CHECKING, DOWNLOADING, STAGED, SUCCESS, ROLLED_BACK, FAILED -> {
        Option<String> next = nextStep();
        Option<String> first = beforeNextStep();
        yield first.isDefined() && next.isDefined()
            ? Option.some(first.get() + "; then " + next.get())
            : first.orElse(next).orElse(Option.when(!device.faults().isEmpty(), CORRECT));
      }
    };
  }

  /**
   * Returns the next step in {@code activated} if no reboot is needed: the target runs, GRUB fell
   * back, or the boot environment does not select the target yet.
   */
  private String afterActivation() {
    boolean targetRuns = device.version().exists(state().toVersion()::contains);
    return targetRuns
        ? "run healthcheck, which confirms or rolls back"
        : "run healthcheck, which selects the target in the boot environment, or rolls back if the"
            + " target did not boot";
  }

  /** Returns what the running slot needs before anything else. */
  private Option<String> beforeNextStep() {
    if (device.bootProblem().isDefined()) {
      return Option.some(
          device.bootProblem().get().isReplaced()
              ? "run healthcheck, which writes a new boot environment"
              : "make the boot environment readable, see next boot");
    }
    return Option.when(device.isOnTrial(), "run healthcheck, which marks the slot good");
  }

  private Option<String> nextStep() {
    return switch (state().phase()) {
      case FAILED -> Option.some(afterFailure());
      case ROLLED_BACK -> Option.some(afterRollback());
      case STAGED -> onDevice(whenAllowed("run activate, and reboot"));
      case DOWNLOADING -> onDevice("run apply, which resumes the download");
      case IDLE, CHECKING, ACTIVATED, VERIFYING, SUCCESS -> Option.none();
    };
  }

  /** Returns a step, unless the policy forbids it now, which a step by hand would pass by. */
  private String whenAllowed(String step) {
    List<ActivationWait> waits = device.waits().getOrElse(List.of());
    if (waits.stream().anyMatch(wait -> wait.reason() == Reason.CONFIGURATION)) {
      return "correct device.json; run continues when the policy allows it";
    }
    return waits.isEmpty()
        ? step
        : "wait: run continues when the policy (activation in device.json) allows it";
  }

  private Option<String> onDevice(String advice) {
    return Option.when(device.isNamed(), advice);
  }

  private String afterFailure() {
    boolean usedUp = areAttemptsUsedUp();
    if (!device.isNamed()) {
      return "run ack, or send download again" + (usedUp ? " with --force" : "");
    }
    return usedUp
        ? "the attempts are used up: offer another version, or run apply --force"
        : "run apply, which tries again, or ack";
  }

  /**
   * Returns whether the attempts at the version that failed are used up. If checking failed, the
   * count is that of an earlier target, and the error says whether another attempt was denied.
   */
  private boolean areAttemptsUsedUp() {
    long most = snapshot.settings().maxAttempts();
    boolean counted = most > 0 && state().attemptCount() >= most;
    List<HistoryEntry> history = state().history();
    boolean inChecking = !history.isEmpty()
        && history.get(history.size() - 1).from().equals(Phase.CHECKING.wireName());
    return counted && (!inChecking || state().lastError().exists(error -> error.endsWith(USED_UP)));
  }

  private String afterRollback() {
    boolean givenUp = state().toVersion().exists(state().rolledBackVersions()::contains);
    if (!device.isNamed()) {
      return "run ack";
    }
    return givenUp
        ? "offer another version, or run apply --force; ack acknowledges this"
        : "run apply, which tries again, or ack";
  }

  /**
   * Returns how long the phase has lasted, by the kernel's uptime; the wall clock may be wrong. If
   * the last event is not known to be of this boot, that is the time since the boot.
   */
  Option<String> age() {
    return snapshot.age().map(age -> "for " + Deadlines.inWords(age));
  }
}

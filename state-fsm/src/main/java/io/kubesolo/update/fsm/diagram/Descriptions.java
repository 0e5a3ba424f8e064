package io.kubesolo.update.fsm.diagram;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;

/** The parts of the machine in words. */
final class Descriptions {
  private Descriptions() {}

  static String of(Phase phase) {
    return switch (phase) {
      case IDLE ->
        "No update is in progress and no outcome is unacknowledged."
            + " The running slot boots next.";
      case CHECKING -> "The agent asks the server. Nothing of this attempt is on the disk yet.";
      case DOWNLOADING ->
        "The target is chosen; part of it may be on the disk." + " The running slot boots next.";
      case STAGED ->
        "The passive slot holds the complete, verified target."
            + " The running slot still boots next.";
      case ACTIVATED -> "The target is to boot. Either slot may boot next.";
      case VERIFYING ->
        "The target runs and is being checked."
            + " Unless it is marked good, the boot loader falls back.";
      case SUCCESS -> "The target runs, passed its health check, and its slot is marked good.";
      case ROLLED_BACK ->
        "The target was given up after its activation." + " The prior slot runs or boots next.";
      case FAILED ->
        "The attempt was given up before activation."
            + " The running slot is unchanged and boots next.";
    };
  }

  static String of(EventType event) {
    return switch (event) {
      case CHECK -> "The agent starts to ask the server.";
      case NO_UPDATE -> "The server offers nothing to install.";
      case DOWNLOAD -> "A version is chosen as the target and its download starts.";
      case STAGE -> "The artifacts are verified and written to the passive slot.";
      case ACTIVATE -> "The passive slot is to boot next; sent before the boot loader is changed.";
      case VERIFY -> "The new slot runs, and its health check starts.";
      case CONFIRM -> "The new slot is healthy; sent after it was marked good.";
      case FAIL -> "The attempt is given up before activation.";
      case ROLLBACK ->
        "The device goes back to the prior slot; sent before the boot loader is changed.";
      case CANCEL -> "The operator gives up the attempt before activation.";
      case ACKNOWLEDGE -> "The outcome was seen.";
    };
  }

  static String of(EventField field) {
    return switch (field) {
      case TO_VERSION -> "The version to update to.";
      case RUNNING_VERSION -> "The version that runs now.";
      case ERROR -> "What went wrong.";
      case FORCE -> "The guards notRolledBack and attemptsLeft accept the event.";
      case RETRY -> "The version is not the cause and may be installed again.";
    };
  }

  static String of(Guard guard) {
    return switch (guard) {
      case NEW_TARGET -> "The target differs from the running version.";
      case SUPERSEDES -> "The target differs from the staged version.";
      case NOT_ROLLED_BACK -> "The target was not rolled back before, or the event is forced.";
      case ATTEMPTS_LEFT ->
        "The target differs from the recorded one, or attempts at it are left,"
            + " or the event is forced.";
      case RUNNING_TARGET -> "The running version is the target.";
    };
  }

  static String of(Action action) {
    return switch (action) {
      case START_ATTEMPT -> "Sets started_at to the present time.";
      case TAKE_TARGET ->
        "Sets from_version to the running version and to_version to the target,"
            + " and counts the attempt.";
      case RECORD_ERROR -> "Sets last_error to the error of the event.";
      case CLEAR_ERROR -> "Clears last_error.";
      case RESET_ATTEMPTS -> "Sets attempt_count to 0.";
      case REMEMBER_ROLLBACK ->
        "Adds to_version to rolled_back_versions, unless the event says retry.";
      case FORGET_ROLLBACK -> "Removes to_version from rolled_back_versions.";
    };
  }
}

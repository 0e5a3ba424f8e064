package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.fleet.FleetLockServer;
import io.kubesolo.update.agent.io.Failure;

/** A server of fleet locks, whose answers are set by the walk. */
final class WalkFleetLock implements FleetLockServer {
  /** The answers of the server. */
  enum Mode {
    GRANTS(""),
    REFUSES(", lock refused"),
    /** The request arrives, and the answer is lost. */
    MUTE(", no answer about the lock");

    private final String suffix;

    Mode(String suffix) {
      this.suffix = suffix;
    }

    String suffix() {
      return suffix;
    }
  }

  private Mode mode = Mode.GRANTS;
  private boolean held;

  void answers(Mode next) {
    mode = next;
  }

  boolean isHeld() {
    return held;
  }

  void setHeld(boolean isHeld) {
    held = isHeld;
  }

  @Override
  public void preReboot() throws Failure {
    answer(true);
  }

  @Override
  public void steadyState() throws Failure {
    answer(false);
  }

  private void answer(boolean wanted) throws Failure {
    held = mode == Mode.REFUSES ? held : wanted;
    if (mode != Mode.GRANTS) {
      throw Failure.of("no");
    }
  }
}

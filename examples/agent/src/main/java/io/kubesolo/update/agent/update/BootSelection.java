package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;
import java.util.List;

/**
 * What a device at work has its boot loader start next. It is never told to start a slot that is not
 * whole.
 */
final class BootSelection {
  private final UpdateSession work;

  BootSelection(UpdateSession work) {
    this.work = work;
  }

  /** What the boot loader is told now. */
  Either<Failure, BootEnvironment> env() {
    return BootEnvironment.read(work.device().grubenv());
  }

  /** Tells the boot loader what the phase calls for, unless it was told already. */
  Either<Failure, BootEnvironment> align() {
    return env().flatMap(env -> {
      if (!passiveIsNext()) {
        return start(env, work.runningSlot());
      }
      if (env.active() == work.passive()) {
        return Either.right(env);
      }
      Either<Failure, SlotContent> content = passiveContent();
      return content.isRight() ? start(env, work.passive()) : stay(env, content.getLeft());
    });
  }

  private boolean passiveIsNext() {
    return switch (work.phase()) {
      case ACTIVATED -> true;
      case VERIFYING, SUCCESS -> false;
      case ROLLED_BACK -> runsTarget() || onlyRunningIsGivenUp();
      case IDLE, CHECKING, DOWNLOADING, STAGED, FAILED -> onlyRunningIsGivenUp();
    };
  }

  private boolean runsTarget() {
    return work.state().toVersion().contains(work.version());
  }

  /** So it is where the outcome of a rollback was acknowledged before the device rebooted. */
  private boolean onlyRunningIsGivenUp() {
    List<String> givenUp = work.state().rolledBackVersions();
    return givenUp.contains(work.version())
        && work.device()
            .slots()
            .content(work.passive())
            .exists(content -> !givenUp.contains(content.version()));
  }

  private Either<Failure, BootEnvironment> stay(BootEnvironment env, Failure why) {
    work.warn(why);
    return work.phase() == Phase.ACTIVATED
        ? work.send(new Rollback(why.message())).flatMap(back -> start(env, work.runningSlot()))
        : start(env, work.runningSlot());
  }

  /** Has a slot start next that is known to be whole. */
  Either<Failure, BootEnvironment> start(Slot slot) {
    return env().flatMap(env -> start(env, slot));
  }

  private Either<Failure, BootEnvironment> start(BootEnvironment env, Slot slot) {
    return env.active() == slot ? Either.right(env) : save(env.switchedTo(slot, tries()));
  }

  /** Marks the running slot good, which is the one that boots next. */
  Either<Failure, BootEnvironment> markGood(BootEnvironment env) {
    return env.good() ? Either.right(env) : save(env.markedGood(tries()));
  }

  private Either<Failure, BootEnvironment> save(BootEnvironment env) {
    return env.save(work.device().grubenv());
  }

  private int tries() {
    return work.device().config().bootTries();
  }

  /** What the passive slot holds, if it is whole and, where a target is to boot, the target. */
  Either<Failure, SlotContent> passiveContent() {
    boolean targetOnly = work.phase() == Phase.STAGED || work.phase() == Phase.ACTIVATED;
    Slots slots = work.device().slots();
    return slots
        .whole(work.passive())
        .filterOrElse(
            content -> !targetOnly || work.state().toVersion().contains(content.version()),
            content -> Failure.at(
                slots.image(work.passive()),
                "holds " + content.version() + " instead of " + work.target()));
  }

  /**
   * Whether the passive slot may be overwritten: not while it may be the only one that works. Where
   * a download under way has begun to, there is nothing left to lose.
   */
  Either<Failure, BootEnvironment> mayOverwrite() {
    return env().flatMap(env -> {
      boolean runsNext = env.active() == work.runningSlot();
      if (runsNext && (env.good() || isBegun())) {
        return Either.right(env);
      }
      String why = runsNext
          ? "slot %s runs and is not marked good yet: run healthcheck first"
          : "slot %s runs, and the other one boots next: reboot first";
      return Either.left(Failure.at(
          work.device().grubenv(),
          "nothing may be overwritten: " + why.formatted(work.runningSlot())));
    });
  }

  private boolean isBegun() {
    return work.phase() == Phase.DOWNLOADING
        && work.device().slots().content(work.passive()).isLeft();
  }

  /** What the next boot brings, for a person. */
  String outlook(BootEnvironment env) {
    if (env.active() == work.runningSlot()) {
      return "%s in slot %s goes on running".formatted(work.version(), work.runningSlot());
    }
    String next = work.device()
        .slots()
        .content(env.active())
        .map(SlotContent::version)
        .getOrElse("what it holds");
    return "reboot: slot %s boots next, with %s".formatted(env.active(), next);
  }
}

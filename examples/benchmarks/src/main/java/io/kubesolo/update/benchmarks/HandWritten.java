package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The machine written by hand for speed: an array says which cells have an edge, all guards of an
 * event are evaluated at once, and one constructor call makes the next state. The machines of the
 * libraries call the same two functions, {@link #denials} and {@link #after}.
 */
@SuppressWarnings("EnumOrdinal") // An index is the fastest look-up.
final class HandWritten {
  private static final TransitionTable TABLE = new TableEngine().table();

  private static final List<List<EventType>> PERMITTED =
      Arrays.stream(Phase.values()).map(TABLE::permitted).toList();

  private static final boolean[][] HAS_EDGE =
      new boolean[Phase.values().length][EventType.values().length];

  static {
    TABLE.edges().forEach(edge -> HAS_EDGE[edge.from().ordinal()][edge.event().ordinal()] = true);
  }

  private HandWritten() {}

  static Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    if (!HAS_EDGE[state.phase().ordinal()][event.type().ordinal()]) {
      return Either.left(refusal(state, event, List.of()));
    }
    List<Denial> denials = denials(state, event, context);
    return denials.isEmpty()
        ? Either.right(after(state, event, context))
        : Either.left(refusal(state, event, denials));
  }

  static Rejection refusal(UpdateState state, UpdateEvent event, List<Denial> denials) {
    List<EventType> permitted = PERMITTED.get(state.phase().ordinal());
    return denials.isEmpty()
        ? new IllegalTransition(state.phase(), event, permitted)
        : new GuardDenied(state.phase(), event, denials, permitted);
  }

  /** Returns the guards that deny a legal event. */
  static List<Denial> denials(UpdateState state, UpdateEvent event, EventContext context) {
    return switch (event.type()) {
      case DOWNLOAD -> download(state, (UpdateEvent.Download) event, context);
      case VERIFY ->
        isTarget(state, ((UpdateEvent.Verify) event).runningVersion())
            ? List.of()
            : List.of(new Denial(Guard.RUNNING_TARGET, state, context.maxAttempts()));
      default -> List.of();
    };
  }

  private static List<Denial> download(
      UpdateState state, UpdateEvent.Download event, EventContext context) {
    String target = event.targetVersion();
    long most = context.maxAttempts();
    boolean again = isTarget(state, target);
    boolean running = target.equals(event.runningVersion());
    boolean staged = again && state.phase() == Phase.STAGED;
    boolean rolledBack = !event.force() && state.rolledBackVersions().contains(target);
    boolean usedUp = again && !staged && !event.force() && most > 0 && state.attemptCount() >= most;
    if (!running && !staged && !rolledBack && !usedUp) {
      return List.of();
    }
    List<Denial> denials = new ArrayList<>(3);
    deny(running, Guard.NEW_TARGET, denials, state, most);
    deny(staged, Guard.SUPERSEDES, denials, state, most);
    deny(rolledBack, Guard.NOT_ROLLED_BACK, denials, state, most);
    deny(usedUp, Guard.ATTEMPTS_LEFT, denials, state, most);
    return denials;
  }

  private static void deny(
      boolean denied, Guard guard, List<Denial> denials, UpdateState state, long most) {
    if (denied) {
      denials.add(new Denial(guard, state, most));
    }
  }

  /** Returns the state after an event that is legal and not denied. */
  static UpdateState after(UpdateState old, UpdateEvent event, EventContext context) {
    Option<Instant> now = Option.some(context.now());
    Option<String> from = old.fromVersion();
    Option<String> to = old.toVersion();
    Option<Instant> startedAt = old.startedAt();
    Option<String> error = old.lastError();
    Option<String> reported = Option.none();
    long attempts = old.attemptCount();
    List<String> rolledBack = old.rolledBackVersions();
    boolean remembered = true;
    Phase phase = switch (event.type()) {
      case CHECK -> {
        startedAt = now;
        remembered = false;
        yield Phase.CHECKING;
      }
      case NO_UPDATE, CANCEL, ACKNOWLEDGE -> {
        error = Option.none();
        remembered = old.phase() != Phase.CHECKING;
        yield Phase.IDLE;
      }
      case DOWNLOAD -> {
        UpdateEvent.Download download = (UpdateEvent.Download) event;
        from = Option.some(download.runningVersion());
        to = Option.some(download.targetVersion());
        startedAt = old.phase() == Phase.CHECKING ? startedAt : now;
        attempts = isTarget(old, download.targetVersion()) ? next(attempts) : 1;
        yield Phase.DOWNLOADING;
      }
      case STAGE -> Phase.STAGED;
      case ACTIVATE -> Phase.ACTIVATED;
      case VERIFY -> Phase.VERIFYING;
      case CONFIRM -> {
        error = Option.none();
        attempts = 0;
        rolledBack = rolledBack.isEmpty() ? rolledBack : withoutTarget(old);
        yield Phase.SUCCESS;
      }
      case FAIL -> {
        reported = Option.some(((UpdateEvent.Fail) event).error());
        error = reported;
        yield Phase.FAILED;
      }
      case ROLLBACK -> {
        UpdateEvent.Rollback rollback = (UpdateEvent.Rollback) event;
        reported = Option.some(rollback.error());
        error = reported;
        rolledBack = rollback.retry() ? rolledBack : withTarget(old);
        yield Phase.ROLLED_BACK;
      }
    };
    List<HistoryEntry> history = remembered
        ? old.historyAnd(new HistoryEntry(
            context.now(),
            event.type().wireName(),
            old.phase().wireName(),
            phase.wireName(),
            to,
            reported))
        : old.history();
    return new UpdateState(
        phase,
        from,
        to,
        startedAt,
        now,
        error,
        attempts,
        next(old.revision()),
        context.boot(),
        rolledBack,
        history);
  }

  private static boolean isTarget(UpdateState state, String version) {
    Option<String> target = state.toVersion();
    return target.isDefined() && target.get().equals(version);
  }

  private static List<String> withTarget(UpdateState old) {
    List<String> versions = withoutTarget(old);
    old.toVersion().forEach(versions::add);
    int surplus = Math.max(0, versions.size() - Action.MAX_ROLLED_BACK_VERSIONS);
    return versions.subList(surplus, versions.size());
  }

  private static List<String> withoutTarget(UpdateState old) {
    List<String> versions = new ArrayList<>(old.rolledBackVersions());
    old.toVersion().forEach(versions::remove);
    return versions;
  }

  private static long next(long count) {
    return count == Long.MAX_VALUE ? count : count + 1;
  }
}

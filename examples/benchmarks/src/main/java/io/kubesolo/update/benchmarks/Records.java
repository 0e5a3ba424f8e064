package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The state after each kind of accepted event, built in one step: what each contender other than our
 * engines does when its library takes an edge.
 */
final class Records {
  private static final int MAX_ROLLED_BACK = 8;

  private Records() {}

  /** After check. */
  static UpdateState checking(UpdateState old, EventContext context) {
    Option<Instant> now = Option.some(context.now());
    return old.toBuilder()
        .phase(Phase.CHECKING)
        .startedAt(now)
        .updatedAt(now)
        .revision(next(old.revision()))
        .boot(context.boot())
        .build();
  }

  /** After no_update and cancel in checking, which the history leaves out. */
  static UpdateState idleAgain(UpdateState old, EventContext context) {
    return idle(old, context, old.history());
  }

  /** After cancel elsewhere, and acknowledge. */
  static UpdateState idle(UpdateState old, String event, EventContext context) {
    return idle(
        old, context, remember(old, event, Phase.IDLE, old.toVersion(), Option.none(), context));
  }

  private static UpdateState idle(
      UpdateState old, EventContext context, List<HistoryEntry> history) {
    return old.toBuilder()
        .phase(Phase.IDLE)
        .updatedAt(Option.some(context.now()))
        .lastError(Option.none())
        .revision(next(old.revision()))
        .boot(context.boot())
        .history(history)
        .build();
  }

  /** After download in checking, where the attempt has started before. */
  static UpdateState downloading(UpdateState old, Download event, EventContext context) {
    return downloading(old, event, context, old.startedAt(), Option.some(context.now()));
  }

  /** After download elsewhere. */
  static UpdateState newAttempt(UpdateState old, Download event, EventContext context) {
    Option<Instant> now = Option.some(context.now());
    return downloading(old, event, context, now, now);
  }

  private static UpdateState downloading(
      UpdateState old,
      Download event,
      EventContext context,
      Option<Instant> startedAt,
      Option<Instant> now) {
    boolean again = old.toVersion().contains(event.targetVersion());
    Option<String> target = Option.some(event.targetVersion());
    return old.toBuilder()
        .phase(Phase.DOWNLOADING)
        .fromVersion(Option.some(event.runningVersion()))
        .toVersion(target)
        .startedAt(startedAt)
        .updatedAt(now)
        .attemptCount(again ? next(old.attemptCount()) : 1)
        .revision(next(old.revision()))
        .boot(context.boot())
        .history(remember(old, "download", Phase.DOWNLOADING, target, Option.none(), context))
        .build();
  }

  /** After stage, activate and verify. */
  static UpdateState forward(UpdateState old, String event, Phase to, EventContext context) {
    return old.toBuilder()
        .phase(to)
        .updatedAt(Option.some(context.now()))
        .revision(next(old.revision()))
        .boot(context.boot())
        .history(remember(old, event, to, old.toVersion(), Option.none(), context))
        .build();
  }

  /** After confirm. */
  static UpdateState success(UpdateState old, EventContext context) {
    return old.toBuilder()
        .phase(Phase.SUCCESS)
        .updatedAt(Option.some(context.now()))
        .lastError(Option.none())
        .attemptCount(0)
        .revision(next(old.revision()))
        .boot(context.boot())
        .rolledBackVersions(
            old.rolledBackVersions().isEmpty() ? old.rolledBackVersions() : othersThanTarget(old))
        .history(remember(old, "confirm", Phase.SUCCESS, old.toVersion(), Option.none(), context))
        .build();
  }

  /** After fail. */
  static UpdateState failed(UpdateState old, Fail event, EventContext context) {
    Option<String> error = Option.some(event.error());
    return gaveUp(old, "fail", Phase.FAILED, error, old.rolledBackVersions(), context);
  }

  /** After rollback. */
  static UpdateState rolledBack(UpdateState old, Rollback event, EventContext context) {
    Option<String> error = Option.some(event.error());
    List<String> versions = othersThanTarget(old);
    old.toVersion().forEach(versions::add);
    if (versions.size() > MAX_ROLLED_BACK) {
      versions.remove(0);
    }
    return gaveUp(old, "rollback", Phase.ROLLED_BACK, error, versions, context);
  }

  private static UpdateState gaveUp(
      UpdateState old,
      String event,
      Phase to,
      Option<String> error,
      List<String> rolledBackVersions,
      EventContext context) {
    return old.toBuilder()
        .phase(to)
        .updatedAt(Option.some(context.now()))
        .lastError(error)
        .revision(next(old.revision()))
        .boot(context.boot())
        .rolledBackVersions(rolledBackVersions)
        .history(remember(old, event, to, old.toVersion(), error, context))
        .build();
  }

  private static List<String> othersThanTarget(UpdateState old) {
    List<String> versions = new ArrayList<>(old.rolledBackVersions());
    old.toVersion().forEach(versions::remove);
    return versions;
  }

  private static List<HistoryEntry> remember(
      UpdateState old,
      String event,
      Phase to,
      Option<String> target,
      Option<String> error,
      EventContext context) {
    return old.historyAnd(new HistoryEntry(
        context.now(), event, old.phase().wireName(), to.wireName(), target, error));
  }

  private static long next(long count) {
    return count == Long.MAX_VALUE ? count : count + 1;
  }
}

package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.List;

/**
 * The state after an earlier event, as far as the history records it.
 *
 * <p>An entry records phase, target and error. The other values follow from the later and earlier
 * entries, and from the present state:
 *
 * <ul>
 *   <li>{@code attempt_count} is counted from the last entry that sets it, or back from the present
 *       count. If the history reaches neither, it is the number of recorded attempts, the least
 *       that it can have been.
 *   <li>{@code rolled_back_versions} are the present ones without those whose rollback came later.
 *   <li>{@code from_version} and {@code started_at} are the present ones if no download came later,
 *       else absent.
 *   <li>{@code last_error} is absent if the entry that set it is no longer in the history.
 *   <li>{@code revision} is 0 and {@code boot} is absent, because no entry records them.
 * </ul>
 *
 * <p>Safe for use by several threads.
 */
public final class PastState {
  private PastState() {}

  /**
   * Returns the state after the event of an entry; the state itself if no event was accepted since.
   *
   * @param state the present state
   * @param index the index of the entry in its history
   * @return the state, or none if the entry names a phase that this version does not know
   * @throws IndexOutOfBoundsException if there is no such entry
   */
  public static Option<UpdateState> after(UpdateState state, int index) {
    HistoryEntry entry = state.history().get(index);
    List<HistoryEntry> later =
        state.history().subList(index + 1, state.history().size());
    if (later.isEmpty() && state.updatedAt().contains(entry.at())) {
      return Option.some(state);
    }
    boolean sameAttempt = later.stream().noneMatch(each -> is(each, EventType.DOWNLOAD));
    return Phase.ofWireName(entry.to())
        .map(phase -> state.toBuilder()
            .phase(phase)
            .fromVersion(state.fromVersion().filter(from -> sameAttempt))
            .toVersion(entry.toVersion())
            .startedAt(state.startedAt().filter(at -> sameAttempt && !at.isAfter(entry.at())))
            .updatedAt(Option.some(entry.at()))
            .lastError(error(state, index))
            .attemptCount(attempts(state, index))
            .revision(0)
            .boot(Option.none())
            .rolledBackVersions(rolledBack(state, later))
            .history(state.history().subList(0, index + 1))
            .build());
  }

  /** Looks for the last entry that sets the error; an entry from idle follows a state without one. */
  private static Option<String> error(UpdateState state, int index) {
    List<HistoryEntry> history = state.history();
    for (int i = index; i >= 0; i--) {
      if (setsError(history.get(i))) {
        return history.get(i).error();
      }
      if (history.get(i).from().equals(Phase.IDLE.wireName())) {
        return Option.none();
      }
    }
    List<HistoryEntry> later = history.subList(index + 1, history.size());
    return later.stream().anyMatch(PastState::setsError) ? Option.none() : state.lastError();
  }

  /** Returns whether an event sets or clears the error; those that clear it carry none. */
  private static boolean setsError(HistoryEntry entry) {
    return EventType.ofWireName(entry.event()).exists(type -> switch (type) {
      case FAIL, ROLLBACK, NO_UPDATE, CONFIRM, CANCEL, ACKNOWLEDGE -> true;
      case CHECK, DOWNLOAD, STAGE, ACTIVATE, VERIFY -> false;
    });
  }

  private static long attempts(UpdateState state, int index) {
    List<HistoryEntry> history = state.history();
    long made = 0;
    for (int i = index; i >= 0; i--) {
      if (is(history.get(i), EventType.CONFIRM)) {
        return made;
      }
      made += is(history.get(i), EventType.DOWNLOAD) ? 1 : 0;
      if (isFirstAttempt(history, i)) {
        return made;
      }
    }
    // If the target changed or was confirmed since, the present count is at most the attempts
    // since.
    long later = history.subList(index + 1, history.size()).stream()
        .filter(entry -> is(entry, EventType.DOWNLOAD))
        .count();
    return Math.max(made, state.attemptCount() - later);
  }

  /** Returns whether an entry has another target than the one before it, as only a download makes it. */
  private static boolean isFirstAttempt(List<HistoryEntry> history, int index) {
    return index > 0
        && !history.get(index - 1).toVersion().equals(history.get(index).toVersion());
  }

  private static List<String> rolledBack(UpdateState state, List<HistoryEntry> later) {
    List<String> versions = new ArrayList<>(state.rolledBackVersions());
    for (HistoryEntry entry : later) {
      if (is(entry, EventType.ROLLBACK)) {
        entry.toVersion().forEach(versions::remove);
      }
    }
    return versions;
  }

  private static boolean is(HistoryEntry entry, EventType type) {
    return entry.event().equals(type.wireName());
  }
}

package io.kubesolo.update.core.testing;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The lifecycle written a second time, by event instead of by edge, to compare a lifecycle with: the
 * real one, or a fake of your own. It shares no rule, table or engine with the real one, only the
 * values that it is given. Lists of names are in the order in which the real one reports them.
 *
 * <p>For use by one thread.
 */
public final class ReferenceModel {
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  /**
   * What became of an event; equal answers mean the same.
   *
   * <p>Immutable.
   *
   * @param reason {@code accepted}, {@code illegal_transition} or {@code guard_denied}
   * @param guards the names of the guards that are false; empty unless the reason is a guard
   * @param permitted the wire names of the events that have an edge in the phase before
   */
  public record Answer(String reason, List<String> guards, List<String> permitted) {
    /** {@return whether the event was accepted} */
    public boolean accepted() {
      return reason.equals("accepted");
    }

    /**
     * Returns whether a lifecycle answered the same. The new state is not compared: compare {@link
     * ReferenceModel#describe()}. An accepted event has no list of permitted ones to compare.
     *
     * @param answer the answer of a lifecycle
     * @return whether it was accepted or refused for the same reason; false if it was refused for
     *     another one, such as a failure of the store
     */
    public boolean isSameAs(Either<? extends Rejection, ?> answer) {
      return answer.fold(rejection -> equals(of(rejection)), state -> accepted());
    }

    private static Answer of(Rejection rejection) {
      if (rejection instanceof IllegalTransition illegal) {
        return new Answer("illegal_transition", List.of(), names(illegal.permitted()));
      }
      if (rejection instanceof GuardDenied denied) {
        List<String> guards = denied.guards().stream().map(Guard::ruleName).toList();
        return new Answer("guard_denied", guards, names(denied.permitted()));
      }
      return new Answer(rejection.message(), List.of(), List.of());
    }

    private static List<String> names(List<EventType> types) {
      return types.stream().map(EventType::wireName).toList();
    }
  }

  private final long maxAttempts;
  private String phase;
  private String from;
  private String to;
  private String error;
  private String started;
  private String updated;
  private String boot;
  private BigInteger attempts;
  private BigInteger revision;
  private final List<String> rolledBack;
  private final List<String> history;

  /**
   * Makes a model of a lifecycle.
   *
   * @param start the state that it starts from
   * @param maxAttempts how many attempts at one version are permitted; 0 is no limit
   */
  public ReferenceModel(UpdateState start, long maxAttempts) {
    this.maxAttempts = maxAttempts;
    phase = start.phase().wireName();
    from = start.fromVersion().getOrElse("");
    to = start.toVersion().getOrElse("");
    error = start.lastError().getOrElse("");
    started = start.startedAt().map(Instant::toString).getOrElse("never");
    updated = start.updatedAt().map(Instant::toString).getOrElse("never");
    boot = text(start.boot());
    attempts = BigInteger.valueOf(start.attemptCount());
    revision = BigInteger.valueOf(start.revision());
    rolledBack = new ArrayList<>(start.rolledBackVersions());
    history = new ArrayList<>(start.history().stream().map(ReferenceModel::text).toList());
  }

  /** {@return the wire name of the phase} */
  public String phase() {
    return phase;
  }

  /** {@return the target version; empty if there is none} */
  public String target() {
    return to;
  }

  /** {@return the versions that were rolled back, the oldest first} */
  public List<String> rolledBack() {
    return List.copyOf(rolledBack);
  }

  /** {@return the wire names of the events that have an edge in this phase} */
  public List<String> permitted() {
    return switch (phase) {
      case "idle" -> List.of("check", "download");
      case "checking" -> List.of("no_update", "download", "fail", "cancel");
      case "downloading" -> List.of("download", "stage", "fail", "cancel");
      case "staged" -> List.of("download", "activate", "fail", "cancel");
      case "activated" -> List.of("verify", "rollback");
      case "verifying" -> List.of("confirm", "rollback");
      case "success" -> List.of("download", "rollback", "acknowledge");
      case "rolled_back", "failed" -> List.of("download", "acknowledge");
      default -> throw new AssertionError(phase);
    };
  }

  /**
   * Sends an event.
   *
   * @param event the event
   * @param now the wall clock
   * @param moment the boot and the uptime, if they are known
   * @return what became of it; the model is unchanged unless it was accepted
   */
  public Answer send(UpdateEvent event, Instant now, Option<Boot> moment) {
    List<String> permitted = permitted();
    String name = event.type().wireName();
    if (!permitted.contains(name)) {
      return new Answer("illegal_transition", List.of(), permitted);
    }
    List<String> denials = denials(event);
    if (!denials.isEmpty()) {
      return new Answer("guard_denied", denials, permitted);
    }
    String before = phase;
    change(event, now);
    revision = revision.add(BigInteger.ONE).min(MAX);
    updated = now.toString();
    boot = text(moment);
    remember(now, name, before, event);
    return new Answer("accepted", List.of(), permitted);
  }

  private List<String> denials(UpdateEvent event) {
    List<String> denials = new ArrayList<>();
    if (event instanceof Download download) {
      String target = download.targetVersion();
      boolean staged = phase.equals("staged");
      boolean usedUp = maxAttempts > 0 && attempts.compareTo(BigInteger.valueOf(maxAttempts)) >= 0;
      if (target.equals(download.runningVersion())) {
        denials.add("newTarget");
      }
      if (staged && target.equals(to)) {
        denials.add("supersedes");
      }
      if (!download.force() && rolledBack.contains(target)) {
        denials.add("notRolledBack");
      }
      if (!staged && !download.force() && target.equals(to) && usedUp) {
        denials.add("attemptsLeft");
      }
    }
    if (event instanceof Verify verify && !verify.runningVersion().equals(to)) {
      denials.add("runningTarget");
    }
    return denials;
  }

  private void change(UpdateEvent event, Instant now) {
    switch (event.type().wireName()) {
      case "check" -> {
        started = now.toString();
        phase = "checking";
      }
      case "no_update", "cancel", "acknowledge" -> {
        error = "";
        phase = "idle";
      }
      case "download" -> takeOn((Download) event, now);
      case "stage" -> phase = "staged";
      case "activate" -> phase = "activated";
      case "verify" -> phase = "verifying";
      case "confirm" -> {
        error = "";
        attempts = BigInteger.ZERO;
        rolledBack.removeIf(to::equals);
        phase = "success";
      }
      case "fail" -> {
        error = ((Fail) event).error();
        phase = "failed";
      }
      case "rollback" -> {
        error = ((Rollback) event).error();
        if (!((Rollback) event).retry()) {
          giveUp();
        }
        phase = "rolled_back";
      }
      default -> throw new AssertionError(event);
    }
  }

  private void giveUp() {
    if (!to.isEmpty()) {
      rolledBack.add(to);
    }
    for (int i = rolledBack.size() - 1; i >= 0; i--) {
      if (rolledBack.subList(i + 1, rolledBack.size()).contains(rolledBack.get(i))) {
        rolledBack.remove(i);
      }
    }
    while (rolledBack.size() > 8) {
      rolledBack.remove(0);
    }
  }

  private void takeOn(Download download, Instant now) {
    if (!phase.equals("checking")) {
      started = now.toString();
    }
    boolean again = download.targetVersion().equals(to);
    attempts = again ? attempts.add(BigInteger.ONE).min(MAX) : BigInteger.ONE;
    to = download.targetVersion();
    from = download.runningVersion();
    phase = "downloading";
  }

  private void remember(Instant now, String name, String before, UpdateEvent event) {
    if (Set.of("idle>checking", "checking>idle").contains(before + ">" + phase)) {
      return;
    }
    String failure = name.equals("fail") || name.equals("rollback") ? error : "";
    history.add(now + " " + event.type().wireName() + " " + before + ">" + phase + " [" + to + "] ["
        + failure + "]");
    while (history.size() > 20) {
      history.remove(0);
    }
  }

  /** {@return all that the model knows, one line for each field or entry of the history} */
  public String describe() {
    return describe(
        phase, from, to, error, started, updated, attempts, revision, boot, rolledBack, history);
  }

  /**
   * Returns the description of a model that is in this state.
   *
   * @param state the state of a lifecycle
   * @return lines to compare with {@link #describe()}
   */
  public static String describe(UpdateState state) {
    return describe(
        state.phase().wireName(),
        state.fromVersion().getOrElse(""),
        state.toVersion().getOrElse(""),
        state.lastError().getOrElse(""),
        state.startedAt().map(Instant::toString).getOrElse("never"),
        state.updatedAt().map(Instant::toString).getOrElse("never"),
        state.attemptCount(),
        state.revision(),
        text(state.boot()),
        state.rolledBackVersions(),
        state.history().stream().map(ReferenceModel::text).toList());
  }

  private static String describe(
      String phase,
      String from,
      String to,
      String error,
      String started,
      String updated,
      Number attempts,
      Number revision,
      String boot,
      List<String> rolledBack,
      List<String> history) {
    return String.join(
        "\n",
        "phase " + phase,
        "from [" + from + "] to [" + to + "]",
        "error [" + error + "]",
        "started " + started + " updated " + updated,
        "attempts " + attempts + " revision " + revision,
        "boot " + boot,
        "rolled back " + rolledBack,
        String.join("\n", history));
  }

  private static String text(Option<Boot> boot) {
    return boot.map(known -> known.id() + "@" + known.uptime()).getOrElse("unknown");
  }

  private static String text(HistoryEntry entry) {
    return entry.at() + " " + entry.event() + " " + entry.from() + ">" + entry.to() + " ["
        + entry.toVersion().getOrElse("") + "] [" + entry.error().getOrElse("") + "]";
  }
}

package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.Reconciliation;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.fsm.Log.Fact;
import io.vavr.control.Either;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A device with two slots, a server, an agent that asks it every hour, and bad luck. */
final class Year {
  private static final List<Fault> FAULTS = List.of(Fault.values());
  private static final Instant WITHOUT_A_BATTERY = Instant.parse("1970-01-01T00:00:05Z");

  final Log log = new Log();
  final ManualClock clock = new ManualClock();
  final InMemoryStateStore store = new InMemoryStateStore(UpdateState.fresh(ManualClock.START));
  int outages;
  int denials;

  private final Random random;
  private final LifecycleEngine engine;
  private UpdateLifecycle lifecycle;
  private Instant trueTime = ManualClock.START;
  private String good = "v0";
  private String running = "v0";
  private String next = "v0";
  private String offered = "v0";
  private int versions;
  private List<String> lastRefusal = List.of();

  Year(long seed, LifecycleEngine engine) {
    this.random = new Random(seed);
    this.engine = engine;
    lifecycle = open();
  }

  /**
   * Simulates one hour: random events, a new process of the agent, its work, and a check of the
   * state.
   */
  void hour() {
    passAnHour();
    lifecycle.close();
    lifecycle = open();
    if (reconcile()) {
      int steps = 1;
      while (work() && steps < 3) {
        steps++;
      }
    }
    compareWithTheLog();
  }

  private void passAnHour() {
    trueTime = trueTime.plus(Duration.ofHours(1));
    clock.advance(Duration.ofHours(1));
    if (chance(3)) {
      clock.setWallClock(trueTime);
    }
    if (chance(60)) {
      versions++;
      offered = "v" + versions;
    } else if (chance(200)) {
      offered = "v" + random.nextInt(versions + 1);
    }
    if (chance(40)) {
      boot();
    }
    if (chance(30)) {
      store.failNext(FAULTS.get(random.nextInt(FAULTS.size())));
    }
  }

  /**
   * Boots the next version, or the good one if that does not start. The good one boots after it,
   * unless the next one is marked good by then.
   */
  private void boot() {
    boolean comesUp = next.equals(good) || !chance(6);
    running = comesUp ? next : good;
    next = good;
    clock.reboot();
    if (chance(2)) {
      clock.setWallClock(WITHOUT_A_BATTERY);
    }
  }

  private void bootInto(String version) {
    next = version;
    boot();
  }

  /** Returns whether the agent may go on. */
  private boolean reconcile() {
    UpdateState before = lifecycle.state();
    Rebooted rebooted = Rebooted.between(before.boot(), clock.boot());
    List<UpdateEvent> events = Reconciliation.events(before, running, rebooted);
    int writes = store.writes();
    ReconcileResult reconciled = lifecycle.reconcile(running);
    String phase = before.phase().wireName();
    for (Transition applied : reconciled.applied()) {
      record(applied.event(), phase);
      phase = applied.after().phase().wireName();
    }
    int applied = reconciled.applied().size();
    if (store.writes() - writes > applied) {
      record(events.get(applied), phase);
    }
    outages += reconciled.refusal().isDefined() ? 1 : 0;
    return reconciled.refusal().isEmpty();
  }

  /** Returns whether there may be more to do in this hour. */
  private boolean work() {
    UpdateState state = lifecycle.state();
    return switch (state.phase()) {
      case IDLE -> send(new Check());
      case CHECKING -> ask();
      case DOWNLOADING -> send(chance(4) ? new Fail("short read of " + offered) : new Stage());
      case STAGED -> staged(state.toVersion().get());
      case ACTIVATED -> switchSlot(state.toVersion().get());
      case VERIFYING -> verdict(state.toVersion().get());
      case SUCCESS, ROLLED_BACK, FAILED -> outcome(state);
    };
  }

  private boolean ask() {
    if (chance(10)) {
      return send(new Fail("no route to host"));
    }
    return offered.equals(running) ? send(new NoUpdate()) : takeOn(new NoUpdate());
  }

  private boolean takeOn(UpdateEvent whenRolledBack) {
    List<String> expected = new ArrayList<>();
    boolean staged = lifecycle.state().phase() == Phase.STAGED;
    if (log.rolledBack().contains(offered)) {
      expected.add("notRolledBack");
    }
    if (!staged && offered.equals(log.target()) && log.attempts() >= 3) {
      expected.add("attemptsLeft");
    }
    boolean went = send(new Download(offered, running));
    if (went || !lastRefusal.isEmpty()) {
      assertThat(lastRefusal).isEqualTo(expected);
    }
    if (lastRefusal.isEmpty()) {
      return went;
    }
    denials++;
    if (lifecycle.state().phase() != Phase.CHECKING) {
      return staged && send(whenRolledBack);
    }
    return send(
        expected.contains("notRolledBack")
            ? whenRolledBack
            : new Fail(offered + ": 3 of 3 attempts used up"));
  }

  private boolean staged(String target) {
    if (offered.equals(running) || chance(30)) {
      return send(new Cancel());
    }
    return offered.equals(target) ? send(new Activate()) : takeOn(new Activate());
  }

  private boolean switchSlot(String target) {
    bootInto(target);
    return false;
  }

  private boolean verdict(String target) {
    if (chance(4)) {
      if (send(new Rollback(target + " is unhealthy"))) {
        bootInto(good);
      }
      return false;
    }
    good = target;
    next = target;
    return send(new Confirm());
  }

  private boolean outcome(UpdateState state) {
    if (state.phase() == Phase.ROLLED_BACK && !running.equals(good)) {
      bootInto(good);
      return false;
    }
    if (state.phase() == Phase.FAILED || chance(2)) {
      return send(new Acknowledge());
    }
    return !offered.equals(running) && takeOn(new Acknowledge());
  }

  /** Returns whether the event was accepted; logs it if it was stored, whatever was answered. */
  private boolean send(UpdateEvent event) {
    String phase = lifecycle.state().phase().wireName();
    int writes = store.writes();
    Either<Rejection, UpdateState> answer = lifecycle.send(event);
    if (store.writes() > writes) {
      record(event, phase);
    }
    lastRefusal = answer.isLeft() && answer.getLeft() instanceof GuardDenied denied
        ? denied.guards().stream().map(Guard::ruleName).toList()
        : List.of();
    outages += answer.isLeft() && lastRefusal.isEmpty() ? 1 : 0;
    return answer.isRight();
  }

  private void record(UpdateEvent event, String before) {
    String target = event instanceof Download download ? download.targetVersion() : "";
    String error = event instanceof Fail fail ? fail.error() : "";
    boolean retry = event instanceof Rollback rollback && rollback.retry();
    error = event instanceof Rollback rollback ? rollback.error() : error;
    log.add(
        new Fact(clock.instant(), event.type().wireName(), before, target, running, error, retry));
  }

  private void compareWithTheLog() {
    UpdateState state = lifecycle.state();
    assertThat(state).isEqualTo(store.stored());
    assertThat(state.violations()).isEmpty();
    assertThat(state.revision()).isEqualTo(log.revision());
    assertThat(state.toVersion().getOrElse("")).isEqualTo(log.target());
    assertThat(state.fromVersion().getOrElse("")).isEqualTo(log.runningBefore());
    assertThat(state.attemptCount()).isEqualTo(log.attempts()).isLessThanOrEqualTo(3);
    assertThat(state.lastError().getOrElse("")).isEqualTo(log.error());
    assertThat(state.rolledBackVersions()).isEqualTo(log.rolledBack());
    assertThat(state.startedAt().map(Instant::toString).getOrElse("never"))
        .isEqualTo(log.startedAt());
    if (log.revision() > 0) {
      assertThat(state.updatedAt().map(Instant::toString).getOrElse("never"))
          .isEqualTo(log.updatedAt());
    }
    assertThat(state.history().stream()
            .map(entry -> String.join(
                "|",
                entry.event(),
                entry.from(),
                entry.toVersion().getOrElse(""),
                entry.error().getOrElse(""))))
        .isEqualTo(log.history());
  }

  private UpdateLifecycle open() {
    return UpdateLifecycle.open(store, TestSettings.with(clock), engine).get();
  }

  /** Returns true at random, once in so many calls. */
  private boolean chance(int of) {
    return random.nextInt(of) == 0;
  }
}

package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.BootSituation.PassiveSlot;
import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Failure.Kind;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.UpdateState;
import io.vavr.Lazy;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The device runs v1 from slot a. */
final class BootRulesTest {
  private static final int TRIES = 3;

  /**
   * Returns a state.
   *
   * @param target the target, - for none
   * @param givenUp the versions that were rolled back, separated by +, - for none
   */
  private static UpdateState state(String phase, String target, String givenUp) {
    return UpdateState.fresh(Instant.EPOCH).toBuilder()
        .phase(Phase.ofWireName(phase).get())
        .toVersion(target.equals("-") ? Option.none() : Option.some(target))
        .lastError(Option.some("an error"))
        .rolledBackVersions(
            givenUp.equals("-") ? List.of() : Arrays.asList(givenUp.split("\\+", -1)))
        .build();
  }

  /**
   * Returns a situation.
   *
   * @param env the active slot; good, or trial with the target of the last switch, - for none
   * @param passive the version in slot b, - for none; with ! if its check failed, with ~ if the slot is
   *     damaged, with ? if it cannot be read
   */
  private static BootSituation situation(String env, String passive) {
    return situation(env, passive, Optional.empty());
  }

  private static BootSituation situation(String env, String passive, Optional<CheckResult> check) {
    String[] words = env.split(" ", -1);
    Slot active = Slot.valueOf(words[0].toUpperCase(Locale.ROOT));
    BootEnvironment environment = BootEnvironment.of(active, TRIES);
    if (words[1].equals("trial")) {
      environment = environment.switchedTo(active, words[2], TRIES);
      environment = words[2].equals("-") ? environment.withoutTarget() : environment;
    }
    boolean damaged = passive.endsWith("~") || passive.equals("-");
    boolean failed = passive.endsWith("!");
    boolean unreadable = passive.endsWith("?");
    String version = passive.replaceAll("[!~?]", "");
    return new BootSituation(
        environment,
        Slot.A,
        check,
        new PassiveSlot(
            version.equals("-") ? Optional.empty() : Optional.of(version),
            failed ? Optional.of(CheckResult.FAILED) : Optional.empty(),
            Lazy.of(() -> damaged || unreadable
                ? Optional.of(Failure.of(damaged ? Kind.CONTENT : Kind.OTHER, "b.img: no"))
                : Optional.empty())));
  }

  @ParameterizedTest(name = "{0} of {1}, {2} given up, {3} in slot b, grubenv {4}: {5}")
  @CsvSource(delimiter = '|', textBlock = """
      idle        | -  | -     | v0  | a good      | RUNNING
      idle        | v2 | v2    | v2  | a good      | RUNNING
      idle        | v1 | v1    | v0  | a good      | PASSIVE
      idle        | v1 | v1    | -   | a good      | RUNNING
      idle        | v1 | v1    | v0~ | a good      | RUNNING
      idle        | v1 | v1    | v0! | a good      | RUNNING
      idle        | v1 | v1+v0 | v0  | a good      | RUNNING
      idle        | v1 | v1    | v0  | a trial v0  | RUNNING
      idle        | v1 | v1    | v0  | a trial v1  | PASSIVE
      idle        | v1 | v1    | v0  | b trial v0  | PASSIVE
      checking    | v1 | v1    | v0  | a good      | PASSIVE
      failed      | v2 | v1    | v0  | a good      | PASSIVE
      downloading | v2 | v1    | v0  | a good      | PASSIVE
      downloading | v2 | v1    | v2  | a good      | RUNNING
      staged      | v2 | v1    | v2  | a good      | RUNNING
      activated   | v2 | -     | v2  | a good      | PASSIVE
      activated   | v2 | -     | v2! | a good      | PASSIVE
      activated   | v2 | v2    | v2  | b trial v2  | PASSIVE
      activated   | v2 | -     | v2~ | b trial v2  | RUNNING_WITHOUT_TARGET
      activated   | v2 | -     | v0  | a good      | RUNNING_WITHOUT_TARGET
      verifying   | v1 | v1    | v0  | a trial v1  | RUNNING
      success     | v1 | v1    | v0  | a good      | RUNNING
      rolled_back | v1 | v1    | v0  | a trial v1  | PASSIVE
      rolled_back | v1 | -     | v0  | a trial v1  | PASSIVE
      rolled_back | v1 | -     | v0! | a trial v1  | RUNNING
      rolled_back | v1 | -     | v0~ | a trial v1  | RUNNING
      rolled_back | v1 | v0    | v0  | a trial v1  | RUNNING
      rolled_back | v1 | v1    | v0  | a trial v0  | RUNNING
      rolled_back | v2 | v2    | v2  | a trial v1  | RUNNING
      rolled_back | v2 | v1+v2 | v2  | a trial v1  | RUNNING
      """)
  void selectsTheSlotThatBootsNext(
      String phase, String target, String givenUp, String passive, String env, String next) {
    assertThat(BootRules.next(state(phase, target, givenUp), "v1", situation(env, passive)))
        .hasToString(next);
  }

  @ParameterizedTest(name = "{0} given up, {1} in slot b, grubenv {2}: {3}")
  @CsvSource(delimiter = '|', textBlock = """
      -  | v0  | a good     | true
      -  | v0  | a trial -  | false
      -  | v0~ | a trial -  | true
      -  | v0? | a trial -  | false
      -  | v0? | a good     | true
      -  | -   | a trial -  | true
      -  | v0! | a trial -  | true
      -  | v0  | a trial v0 | true
      -  | v0  | a trial v1 | false
      v0 | v0  | a trial -  | true
      v1 | v0  | a trial -  | false
      v0 | v0  | b trial v0 | false
      -  | v0~ | b trial v0 | false
      """)
  void overwritesOnlyWhatIsNotLost(String givenUp, String passive, String env, boolean allowed) {
    assertThat(BootRules.overwriteRefusal(state("idle", "-", givenUp), situation(env, passive))
            .isEmpty())
        .isEqualTo(allowed);
  }

  @Test
  void overwritesWhatCannotBeReadIfTheRunningVersionIsSick() {
    BootSituation sick = situation("a trial -", "v0?", Optional.of(CheckResult.FAILED));

    assertThat(BootRules.overwriteRefusal(state("idle", "-", "-"), sick)).isEmpty();
  }

  @ParameterizedTest(name = "grubenv {0}, rebooted {1}: {2}")
  @CsvSource(delimiter = '|', textBlock = """
      a trial v2 | NO      | FELL_BACK
      a trial v2 | UNKNOWN | FELL_BACK
      a trial v2 | YES     | FELL_BACK
      a trial -  | YES     | NOT_SWITCHED
      a trial v1 | YES     | NOT_SWITCHED
      a good     | NO      | NOT_SWITCHED
      b trial v2 | YES     | NOT_TAKEN
      b trial v2 | NO      | AWAITED
      b trial v2 | UNKNOWN | AWAITED
      """)
  void readsWhatTheBootLoaderDid(String env, Rebooted rebooted, String trial) {
    assertThat(BootRules.trial(state("activated", "v2", "-"), situation(env, "v2"), rebooted))
        .hasToString(trial);
  }

  @ParameterizedTest(name = "grubenv {0}, check failed {1}, {2} in slot b: {3}")
  @CsvSource(delimiter = '|', textBlock = """
      a good     | false | v0  | false
      a good     | true  | v0  | false
      a trial -  | false | v0  | false
      a trial -  | true  | v0  | true
      a trial -  | true  | v0~ | false
      a trial -  | true  | v0? | false
      a trial -  | true  | v0! | false
      a trial v0 | true  | v0  | false
      b trial v0 | false | v0  | true
      """)
  void callsForAReboot(String env, boolean checkFailed, String passive, boolean called) {
    assertThat(situation(env, passive).needsReboot(checkFailed)).isEqualTo(called);
  }
}

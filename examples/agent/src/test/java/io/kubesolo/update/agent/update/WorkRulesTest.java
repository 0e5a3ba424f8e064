package io.kubesolo.update.agent.update;

import static io.kubesolo.update.agent.update.WalkStories.GOOD_UPDATE;
import static io.kubesolo.update.agent.update.WalkStories.ON_TRIAL;
import static io.kubesolo.update.agent.update.WalkStories.STAGED;
import static io.kubesolo.update.agent.update.WalkStories.then;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Walks of a few commands, each killed anywhere or not, in which a rule of the work on a device
 * decides. {@link WorkMistakesTest} plants a mistake in each rule, which these find.
 */
final class WorkRulesTest {
  private static final List<String> IDLE = List.of(DeviceWalk.BOOT, "healthcheck");

  /** Runs a story, and then commands that are killed anywhere or not. */
  private static List<WalkState> live(List<String> story, String... killed) {
    return live(new DeviceWalk(), story, killed);
  }

  private static List<WalkState> live(DeviceWalk walk, List<String> story, String... killed) {
    return new WalkExplorer(walk).follow(story, List.of(killed));
  }

  private static void isReached(List<WalkState> states, Phase phase) {
    assertThat(states).extracting(WalkState::phase).contains(phase);
  }

  @Test
  void aCommandThatWorksKeepsOthersOut() {
    isReached(live(new DeviceWalk().withRival(), IDLE, "apply v2"), Phase.STAGED);
  }

  @Test
  void anUpdateThatTheOperatorGivesUpIsNotWritten() {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk());
    List<WalkState> idle = explorer.follow(IDLE);
    isReached(explorer.interjections(idle.get(idle.size() - 1), "apply v2"), Phase.IDLE);
  }

  @Test
  void aTargetThatTheBootLoaderWasNotSwitchedToIsNotGivenUp() {
    isReached(live(STAGED, "activate", DeviceWalk.BOOT, "check v2"), Phase.ACTIVATED);
  }

  @Test
  void aTargetIsNotGivenUpForAnEarlierTrial() {
    List<String> stagedAgain =
        then(ON_TRIAL, DeviceWalk.DAMAGE_STATE, "check v2", DeviceWalk.BOOT, "apply v2");
    isReached(live(stagedAgain, "activate", "check v2"), Phase.ACTIVATED);
  }

  @Test
  void aTargetThatDidNotBootIsGivenUp() {
    isReached(live(then(STAGED, "activate", DeviceWalk.FIVE_BOOTS), "check v1"), Phase.ROLLED_BACK);
  }

  @Test
  void aFallBackIsRecordedOnceTheStateCanBeWritten() {
    List<String> diskWasFull =
        then(STAGED, "activate", DeviceWalk.FIVE_BOOTS, "healthcheck, disk full");
    isReached(live(diskWasFull, "check v1"), Phase.ROLLED_BACK);
  }

  @Test
  void aFallBackIsRecordedOnceTheStateCanBeRead() {
    List<String> unreadable = then(
        STAGED, "activate", DeviceWalk.FIVE_BOOTS, "healthcheck, disk fault in reading the state");
    isReached(live(unreadable, "check v1"), Phase.ROLLED_BACK);
  }

  @Test
  void aTargetThatDidNotBootIsGivenUpByARepair() {
    List<String> repaired =
        then(STAGED, "activate", DeviceWalk.FIVE_BOOTS, DeviceWalk.DAMAGE_STATE);
    assertThat(live(repaired, "apply v2")).anyMatch(state -> state.isGivenUp(2));
  }

  @Test
  void aTargetThatTheBootLoaderDidNotTakeIsNotGivenUp() {
    isReached(
        live(STAGED, "activate", DeviceWalk.BOOT, DeviceWalk.SWITCH_BY_HAND, "check v2"),
        Phase.ROLLED_BACK);
  }

  @Test
  void aTargetThatIsDamagedIsNeitherBootedNorGivenUp() {
    isReached(live(STAGED, "activate", DeviceWalk.DAMAGE_SLOT, "check v2"), Phase.ROLLED_BACK);
  }

  @Test
  void theBootLoaderIsChangedAfterTheEvent() {
    isReached(live(STAGED, "activate"), Phase.ACTIVATED);
  }

  @Test
  void aTargetIsMarkedGoodBeforeItIsConfirmed() {
    isReached(live(ON_TRIAL, "healthcheck"), Phase.SUCCESS);
  }

  @Test
  void aHealthySlotIsMarkedGoodWithAnyStateFile() {
    assertThat(live(ON_TRIAL, "healthcheck, disk full")).anyMatch(WalkState::good);
    assertThat(live(then(ON_TRIAL, DeviceWalk.DAMAGE_STATE), "healthcheck, disk full"))
        .anyMatch(WalkState::good);
  }

  @Test
  void aDamagedBootEnvironmentIsReplaced() {
    isReached(live(then(ON_TRIAL, DeviceWalk.DAMAGE_ENV), "check v2"), Phase.VERIFYING);
  }

  @Test
  void aSlotThatMayBeTheOnlyOneThatWorksIsNotOverwritten() {
    isReached(live(then(GOOD_UPDATE, DeviceWalk.BOOT), "apply v3"), Phase.SUCCESS);
  }

  @Test
  void aDeviceDoesNotGoBackToAVersionThatWasGivenUp() {
    int last = WalkStories.BOTH_GIVEN_UP.size() - 1;
    List<WalkState> states =
        live(WalkStories.BOTH_GIVEN_UP.subList(0, last), WalkStories.BOTH_GIVEN_UP.get(last));
    assertThat(states).anyMatch(state -> state.isGivenUp(1) && state.isGivenUp(2));
  }

  @Test
  void anUnhealthyTargetIsRolledBack() {
    isReached(live(ON_TRIAL, "healthcheck, sick"), Phase.ROLLED_BACK);
  }

  @Test
  void aSlotThatIsMarkedGoodIsNotNotedAsFailed() {
    isReached(live(GOOD_UPDATE, "healthcheck, sick"), Phase.SUCCESS);
  }

  @Test
  void aCheckThatDoesNotStartDecidesNothing() {
    isReached(live(ON_TRIAL, "healthcheck, not started"), Phase.VERIFYING);
  }

  @Test
  void aDownloadThatIsCutOffGoesOn() {
    isReached(live(IDLE, "apply v2, cut", "apply, server down"), Phase.DOWNLOADING);
  }

  @Test
  void aDownloadWhoseSlotCannotBeWrittenGoesOn() {
    List<String> story = then(IDLE, "apply v2, disk fault in the slot");
    assertThat(live(story, "apply v2"))
        .anyMatch(state -> state.phase() == Phase.STAGED && state.attempts() == 1);
  }

  @Test
  void aDamagedImageEndsADownload() {
    isReached(live(IDLE, "apply v2, cut", "apply v2, damaged image"), Phase.FAILED);
  }

  @Test
  void aTargetWhoseSlotCannotBeReadStaysStaged() {
    isReached(live(STAGED, "activate, disk fault in reading the slot"), Phase.STAGED);
  }

  @Test
  void aStagedTargetThatIsDamagedEndsTheAttempt() {
    isReached(live(then(STAGED, DeviceWalk.DAMAGE_SLOT), "activate"), Phase.FAILED);
  }

  @Test
  void aDownloadThatARebootInterruptedIsCounted() {
    List<WalkState> states = live(IDLE, "apply v2, cut", DeviceWalk.BOOT, "apply v2");
    assertThat(states).extracting(WalkState::attempts).contains(2);
  }

  @Test
  void aCheckThatFailedIsOverOnceTheServerAnswers() {
    isReached(live(IDLE, "check, server down", "check v1"), Phase.FAILED);
  }

  @Test
  void aVersionThatTheServerTakesBackIsNotStagedAnyMore() {
    isReached(live(STAGED, "apply v1"), Phase.IDLE);
  }

  @Test
  void anUnhealthySlotIsLeftForAnotherOne() {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk());
    explorer.add(explorer.follow(then(GOOD_UPDATE, DeviceWalk.BOOT)));
    assertThat(explorer.comeToRest()).isPositive();
  }
}

package io.kubesolo.update.agent.update;

import static io.kubesolo.update.agent.update.WalkStories.GOOD_UPDATE;
import static io.kubesolo.update.agent.update.WalkStories.ON_TRIAL;
import static io.kubesolo.update.agent.update.WalkStories.STAGED;
import static io.kubesolo.update.agent.update.WalkStories.then;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.update.WalkExplorer.Node;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Walks of a few commands, each killed anywhere or not, in which a rule of the work on a device
 * decides. {@link WorkMistakesTest} plants a mistake in each rule, which these find.
 */
final class WorkRulesTest {
  private static final List<String> IDLE = List.of(DeviceWalk.BOOT, "healthcheck");

  /** Runs a story, and then commands that are killed anywhere or not. */
  private static List<Node> live(List<String> story, String... killed) throws IOException {
    return live(UnaryOperator.identity(), story, killed);
  }

  private static List<Node> live(
      UnaryOperator<DeviceWalk> kind, List<String> story, String... killed) throws IOException {
    try (WalkFolder folder = new WalkFolder()) {
      WalkExplorer explorer = new WalkExplorer(kind.apply(new DeviceWalk(folder.path())));
      return explorer.follow(story, List.of(killed));
    }
  }

  private static void isReached(List<Node> nodes, Phase phase) {
    assertThat(nodes).extracting(node -> node.disk.state().phase()).contains(phase);
  }

  @Test
  void aCommandThatWorksKeepsOthersOut() throws IOException {
    isReached(live(DeviceWalk::withRival, IDLE, "apply v2"), Phase.STAGED);
  }

  @Test
  void anUpdateThatTheOperatorGivesUpIsNotWritten() throws IOException {
    try (WalkFolder folder = new WalkFolder()) {
      WalkExplorer explorer = new WalkExplorer(new DeviceWalk(folder.path()));
      List<Node> idle = explorer.follow(IDLE);
      isReached(explorer.interjections(idle.get(idle.size() - 1), "apply v2"), Phase.IDLE);
    }
  }

  @Test
  void aTargetThatTheBootLoaderWasNotToldOfIsNotGivenUp() throws IOException {
    isReached(live(STAGED, "activate", DeviceWalk.BOOT, "check v2"), Phase.ACTIVATED);
  }

  @Test
  void aTargetIsNotGivenUpForAnEarlierTrial() throws IOException {
    List<String> stagedAgain =
        then(STAGED, "activate", DeviceWalk.FIVE_BOOTS, DeviceWalk.DAMAGE_STATE, "apply v2");
    isReached(live(stagedAgain, "activate", "check v2"), Phase.ACTIVATED);
  }

  @Test
  void aTargetThatDidNotBootIsGivenUp() throws IOException {
    isReached(live(then(STAGED, "activate", DeviceWalk.FIVE_BOOTS), "check v1"), Phase.ROLLED_BACK);
  }

  @Test
  void aTargetThatTheBootLoaderDidNotTakeIsNotGivenUp() throws IOException {
    isReached(
        live(STAGED, "activate", DeviceWalk.BOOT, DeviceWalk.SWITCH_BY_HAND, "check v2"),
        Phase.ROLLED_BACK);
  }

  @Test
  void aTargetThatIsDamagedIsNeitherBootedNorGivenUp() throws IOException {
    isReached(live(STAGED, "activate", DeviceWalk.DAMAGE_SLOT, "check v2"), Phase.ROLLED_BACK);
  }

  @Test
  void theBootLoaderIsToldAfterTheEvent() throws IOException {
    isReached(live(STAGED, "activate"), Phase.ACTIVATED);
  }

  @Test
  void aTargetIsMarkedGoodBeforeItIsConfirmed() throws IOException {
    isReached(live(ON_TRIAL, "healthcheck"), Phase.SUCCESS);
  }

  @Test
  void aHealthySlotIsMarkedGoodWhateverTheStateFile() throws IOException {
    assertThat(live(ON_TRIAL, "healthcheck, disk full")).anyMatch(node -> node.disk.isGood());
    assertThat(live(then(ON_TRIAL, DeviceWalk.DAMAGE_STATE), "healthcheck, disk full"))
        .anyMatch(node -> node.disk.isGood());
  }

  @Test
  void aDamagedBootEnvironmentIsWrittenAnew() throws IOException {
    isReached(live(then(ON_TRIAL, DeviceWalk.DAMAGE_ENV), "check v2"), Phase.VERIFYING);
  }

  @Test
  void aSlotThatMayBeTheOnlyOneThatWorksIsNotOverwritten() throws IOException {
    isReached(live(then(GOOD_UPDATE, DeviceWalk.BOOT), "apply v3"), Phase.SUCCESS);
  }

  @Test
  void aDeviceDoesNotGoBackToAVersionThatWasGivenUp() throws IOException {
    int last = WalkStories.BOTH_GIVEN_UP.size() - 1;
    List<Node> nodes =
        live(WalkStories.BOTH_GIVEN_UP.subList(0, last), WalkStories.BOTH_GIVEN_UP.get(last));
    assertThat(nodes)
        .extracting(node -> Set.copyOf(node.disk.state().givenUp()))
        .contains(Set.of("v1", "v2"));
  }

  @Test
  void aSickTargetIsRolledBack() throws IOException {
    isReached(live(ON_TRIAL, "healthcheck, sick"), Phase.ROLLED_BACK);
  }

  @Test
  void aCheckThatDoesNotStartDecidesNothing() throws IOException {
    isReached(live(ON_TRIAL, "healthcheck, not started"), Phase.VERIFYING);
  }

  @Test
  void aDownloadThatIsCutOffGoesOn() throws IOException {
    isReached(live(IDLE, "apply v2, cut", "apply, server down"), Phase.DOWNLOADING);
  }

  @Test
  void aDamagedImageEndsADownload() throws IOException {
    isReached(live(IDLE, "apply v2, cut", "apply v2, damaged image"), Phase.FAILED);
  }

  @Test
  void aDownloadThatARebootInterruptedIsCounted() throws IOException {
    List<Node> nodes = live(IDLE, "apply v2, cut", DeviceWalk.BOOT, "apply v2");
    assertThat(nodes).extracting(node -> node.disk.state().attempts()).contains(2L);
  }

  @Test
  void aCheckThatFailedIsOverOnceTheServerAnswers() throws IOException {
    isReached(live(IDLE, "check, server down", "check v1"), Phase.FAILED);
  }

  @Test
  void aVersionThatTheServerTakesBackIsNotStagedAnyMore() throws IOException {
    isReached(live(STAGED, "apply v1"), Phase.IDLE);
  }

  @Test
  void aSickSlotIsLeftForAnotherOne() throws IOException {
    try (WalkFolder folder = new WalkFolder()) {
      WalkExplorer explorer = new WalkExplorer(new DeviceWalk(folder.path()));
      explorer.follow(then(GOOD_UPDATE, DeviceWalk.BOOT));
      assertThat(explorer.comeToRest()).isPositive();
    }
  }
}

package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.RunningSystem;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.core.testing.mistake.Mistake;
import io.kubesolo.update.core.testing.mistake.Mutant;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mistake in any rule of the work on a device is found by a walk of a few commands. */
final class WorkMistakesTest {
  private static final List<String> PACKAGES = List.of("io.kubesolo.update.agent.");

  @TempDir
  private Path folder = Path.of("");

  private static Mistake in(Class<?> type, String name, String right, String wrong, String test) {
    return Mistake.in(type, name).replacing(right, wrong).seenBy(WorkRulesTest.class, test);
  }

  private static Mistake ofWayBack(
      Class<?> type, String name, String right, String wrong, String test) {
    return Mistake.in(type, name).replacing(right, wrong).seenBy(WayBackTest.class, test);
  }

  private static Mistake ofFaults(
      Class<?> type, String name, String right, String wrong, String test) {
    return Mistake.in(type, name).replacing(right, wrong).seenBy(LastingFaultTest.class, test);
  }

  static Stream<Mistake> mistakes() {
    return Stream.of(
            mistakesOfTrials(),
            mistakesOfSlots(),
            mistakesOfHealth(),
            mistakesOfOffers(),
            mistakesOfWayBack(),
            mistakesOfLastingFaults())
        .flatMap(mistakes -> mistakes);
  }

  private static Stream<Mistake> mistakesOfTrials() {
    return Stream.of(
        in(
            BootRules.class,
            "a target that the boot loader was not told of is taken for one that fell back",
            "return wanted ? Trial.FELL_BACK : Trial.NOT_SWITCHED;",
            "return Trial.FELL_BACK;",
            "aTargetThatTheBootLoaderWasNotSwitchedToIsNotGivenUp"),
        in(
            BootRules.class,
            "a target that fell back is taken for one that the boot loader was not told of",
            "return wanted ? Trial.FELL_BACK : Trial.NOT_SWITCHED;",
            "return Trial.NOT_SWITCHED;",
            "aTargetThatDidNotBootIsGivenUp"),
        in(
            FailedTargets.class,
            "a repair forgets that the boot loader fell back",
            "|| situation.filter(BootSituation::hasFallenBack).isPresent()",
            "",
            "aTargetThatDidNotBootIsGivenUpByARepair"),
        in(
            BootSelection.class,
            "a target that the boot loader did not take is given up",
            "did not take slot \" + letter, true));",
            "did not take slot \" + letter, false));",
            "aTargetThatTheBootLoaderDidNotTakeIsNotGivenUp"),
        in(
            BootSelection.class,
            "a damaged target is given up",
            "new Rollback(damage.message(), true)",
            "new Rollback(damage.message(), false)",
            "aTargetThatIsDamagedIsNeitherBootedNorGivenUp"),
        in(
            ActivateTask.class,
            "the target of an earlier switch stays until the next one",
            "    boot.forgetEqualTarget();\n",
            "",
            "aTargetIsNotGivenUpForAnEarlierTrial"),
        in(
            ActivateTask.class,
            "the boot loader is told before the event",
            "    session.send(new Activate());\n    boot.select(session.passiveSlot());",
            "    boot.select(session.passiveSlot());\n    session.send(new Activate());",
            "theBootLoaderIsChangedAfterTheEvent"));
  }

  private static Stream<Mistake> mistakesOfSlots() {
    return Stream.of(
        in(
            BootRules.class,
            "a damaged target is booted",
            "holdsTarget(state, situation) && situation.passive().isWhole()",
            "holdsTarget(state, situation)",
            "aTargetThatIsDamagedIsNeitherBootedNorGivenUp"),
        in(
            BootRules.class,
            "the passive slot is overwritten although the running one is not marked good",
            "situation.environment().good()\n        ||",
            "true ||",
            "aSlotThatMayBeTheOnlyOneThatWorksIsNotOverwritten"),
        in(
            BootRules.class,
            "a version that was given up is left for another one that was given up",
            "        && !isGivenUp(state, situation.passive().version())\n",
            "",
            "aDeviceDoesNotGoBackToAVersionThatWasGivenUp"),
        in(
            BootSituation.class,
            "an unhealthy slot needs no reboot",
            "return !isRunningNext() || (failed",
            "return !isRunningNext() || (false && failed",
            "anUnhealthySlotIsLeftForAnotherOne"),
        in(
            UpdateSession.class,
            "a damaged boot environment is not replaced",
            "    device\n        .bootEnvironment()\n        .settle(",
            "    if (false) device.bootEnvironment().settle(",
            "aDamagedBootEnvironmentIsReplaced"));
  }

  private static Stream<Mistake> mistakesOfHealth() {
    return Stream.of(
        in(
            HealthCheckTask.class,
            "the trace of a fall-back is removed before it is recorded",
            "BootEnvironment marked = !isNoted || isFallBackUnrecorded(situation)",
            "BootEnvironment marked = false",
            "aFallBackIsRecordedOnceTheStateCanBeWritten"),
        in(
            HealthCheckTask.class,
            "the trace of a fall-back is removed although the state cannot be read",
            "unreadable -> true",
            "unreadable -> false",
            "aFallBackIsRecordedOnceTheStateCanBeRead"),
        in(
            HealthCheckTask.class,
            "a slot that is marked good is noted as failed",
            "} else if (!situation.environment().good()) {",
            "} else {",
            "aSlotThatIsMarkedGoodIsNotNotedAsFailed"),
        in(
            HealthCheckTask.class,
            "a slot is marked good only if the state file can be written",
            "return runWithoutState(device, running, cause);",
            "throw cause;",
            "aHealthySlotIsMarkedGoodWithAnyStateFile"),
        in(
            HealthCheckTask.class,
            "a target is confirmed before its slot is marked good",
            "markGood(device, version, situation);\n        if (onTrial) {",
            "if (onTrial) {\n session.send(new Confirm());\n }\n"
                + "markGood(device, version, situation);\n if (false) {",
            "aTargetIsMarkedGoodBeforeItIsConfirmed"),
        in(
            HealthCheckTask.class,
            "a sick target is not rolled back",
            "throw onTrial\n",
            "throw false\n",
            "anUnhealthyTargetIsRolledBack"),
        in(
            HealthCheckTask.class,
            "a check that does not start is taken for one that fails",
            "case UNHEALTHY -> {\n        noteUnhealthy(device, version, situation, onTrial);",
            "case UNHEALTHY, UNDETERMINED -> {\n        noteUnhealthy(device, version, situation, onTrial);",
            "aCheckThatDoesNotStartDecidesNothing"));
  }

  private static Stream<Mistake> mistakesOfOffers() {
    return Stream.of(
        in(
            UpdateSession.class,
            "the work lock is released before the work",
            "    try (lock) {\n      return task.run(device);\n    }\n",
            "    lock.close();\n    return task.run(device);\n",
            "aCommandThatWorksKeepsOthersOut"),
        in(
            UpdateSession.class,
            "a slot is written without a look at the state file",
            "if (stored.revision() != state().revision() || stored.phase() != phase()) {",
            "if (false) {",
            "anUpdateThatTheOperatorGivesUpIsNotWritten"),
        in(
            UpdateSession.class,
            "a temporary failure ends a download",
            "case PASSING, UNHEALTHY, USAGE, OTHER -> phase() != Phase.CHECKING;",
            "case PASSING -> false;\n"
                + "case UNHEALTHY, USAGE, OTHER -> phase() != Phase.CHECKING;",
            "aDownloadThatIsCutOffGoesOn"),
        in(
            UpdateSession.class,
            "a failure of the device ends a download",
            "case PASSING, UNHEALTHY, USAGE, OTHER -> phase() != Phase.CHECKING;",
            "case PASSING -> phase() == Phase.DOWNLOADING;\n"
                + "case UNHEALTHY, USAGE, OTHER -> phase() == Phase.STAGED;",
            "aDownloadWhoseSlotCannotBeWrittenGoesOn"),
        in(
            UpdateSession.class,
            "a failure of the device ends an update that is staged",
            "case PASSING, UNHEALTHY, USAGE, OTHER -> phase() != Phase.CHECKING;",
            "case PASSING, UNHEALTHY, USAGE, OTHER -> phase() == Phase.DOWNLOADING;",
            "aTargetWhoseSlotCannotBeReadStaysStaged"),
        in(
            UpdateSession.class,
            "a damaged slot does not end an update that is staged",
            "case OFFER, CONTENT -> false;",
            "case OFFER -> false;\ncase CONTENT -> true;",
            "aStagedTargetThatIsDamagedEndsTheAttempt"),
        in(
            UpdateSession.class,
            "a faulty offer does not end a download",
            "case OFFER, CONTENT -> false;",
            "case OFFER -> phase() == Phase.DOWNLOADING;\ncase CONTENT -> false;",
            "aDamagedImageEndsADownload"),
        in(
            ApplyTask.class,
            "a download that a reboot interrupted is not counted",
            "if (session.rebooted() != Rebooted.NO) {",
            "if (false) {",
            "aDownloadThatARebootInterruptedIsCounted"),
        in(
            FailedCheck.class,
            "a check that failed is never over",
            "if (isPresent() && !isUsedUp(offered)) {",
            "if (false) {",
            "aCheckThatFailedIsOverOnceTheServerAnswers"),
        in(
            ApplyTask.class,
            "a version that the server takes back stays staged",
            "    if (session.phase() == Phase.STAGED) {\n      session.send(new Cancel());",
            "    if (false) {\n      session.send(new Cancel());",
            "aVersionThatTheServerTakesBackIsNotStagedAnyMore"));
  }

  private static Stream<Mistake> mistakesOfWayBack() {
    return Stream.of(
        ofWayBack(
            HealthCheckTask.class,
            "a slot is marked good that the device could not go back to",
            "      noteWayBack(device, situation.running(), version.get());\n",
            "",
            "isNotedWhenTheSlotIsMarkedGood"),
        ofWayBack(
            HealthCheckTask.class,
            "a version of os-release is noted although the state may know better",
            "markGood(device, NOT_NOTED, situation);",
            "markGood(device, version, situation);",
            "isNotNotedWhileTheStateCannotBeRead"),
        ofWayBack(
            RunningSystem.class,
            "a target is taken to run if nothing names the version before it",
            "if (other.isPresent() && other.equals(before)) {",
            "if (other.equals(before)) {",
            "isNotTheTargetIfNeitherStateNorOtherSlotNamesAVersionBeforeIt"),
        ofWayBack(
            Slots.class,
            "each health check reads the whole slot",
            "if (notedContent(slot).isEmpty()) {",
            "if (!isWhole(slot)) {",
            "isNotNotedAgainByEachHealthCheck"),
        ofWayBack(
            Slots.class,
            "a slot is left whose note is wrong",
            "if (!isWhole(slot)) {\n      noteContent",
            "if (notedContent(slot).isEmpty()) {\n      noteContent",
            "isNotedBeforeTheSlotIsLeft"),
        ofWayBack(
            ActivateTask.class,
            "a slot is left although the device could not go back to it",
            "    boot.requireWayBack();\n",
            "    try { boot.requireWayBack(); } catch (Failure e) { session.warn(e); }\n",
            "isRequiredBeforeTheSlotIsLeft"));
  }

  private static Stream<Mistake> mistakesOfLastingFaults() {
    return Stream.of(
        ofFaults(
            HealthCheckTask.class,
            "the trace of a fall-back is removed although no note says it",
            "BootEnvironment marked = !isNoted || ",
            "BootEnvironment marked = ",
            "aFallBackThatCannotBeNotedLeavesItsTrace"),
        ofFaults(
            BootRules.class,
            "a slot that has had all its boots is left without a trace",
            "return environment.counter() == 0",
            "return environment.counter() < 0",
            "aSlotThatDoesNotBootIsTriedOnce"),
        ofFaults(
            RunTask.class,
            "a reboot that changed nothing is made again",
            "if (isInVain(note, now, situation)) {",
            "if (false) {",
            "aBootLoaderThatIgnoresItsEnvironmentIsNotStartedAgain"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isFound(Mistake mistake) {
    Throwable thrown = catchThrowable(
        () -> Mutant.of(mistake, folder, PACKAGES).run(mistake.test(), mistake.method()));
    assertThat(thrown).as("no walk finds it").isInstanceOf(InvocationTargetException.class);
    assertThat(thrown.getCause()).isInstanceOf(AssertionError.class);
  }
}

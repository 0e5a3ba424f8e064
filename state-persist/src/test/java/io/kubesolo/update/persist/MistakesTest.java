package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kubesolo.update.core.testing.mistake.Mistake;
import io.kubesolo.update.core.testing.mistake.Mutant;
import io.kubesolo.update.fsm.UpdateLifecycle;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plants mistakes that lose states in production code, one at a time, and checks that the named test
 * fails.
 */
final class MistakesTest {
  private static final List<String> PACKAGES =
      List.of("io.kubesolo.update.persist.", "io.kubesolo.update.fsm.");

  private static final String SYNC_DIRECTORY =
      "        DurableFile.force(directory, parent.path());\n";
  private static final String SYNC_FILE = "        file.force(true);\n";
  private static final String RENAME =
      "Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);";

  private static final String SETTLED_BY_THE_NEXT =
      "anUnknownOutcomeIsSettledByTheNextProcessWhichAnswersTheEventOnce";

  @TempDir
  private Path folder = Path.of("");

  static Stream<Mistake> mistakes() {
    return Stream.concat(
        mistakesOfWriting(), Stream.concat(mistakesOfRecovery(), mistakesOfExclusion()));
  }

  private static Stream<Mistake> mistakesOfWriting() {
    return Stream.of(
        Mistake.in(DurableFile.class, "no sync of the file")
            .replacing(SYNC_FILE, "")
            .seenBy(CrashStatesTest.class, "ordinaryEventsSurvive"),
        Mistake.in(DurableFile.class, "no sync of the directory")
            .replacing(SYNC_DIRECTORY, "")
            .seenBy(CrashStatesTest.class, "ordinaryEventsSurvive"),
        Mistake.in(DurableFile.class, "the directory is synced before the rename")
            .replacing(SYNC_DIRECTORY, "")
            .replacing("rename(temporary);\n", "directory.force(true);\nrename(temporary);\n")
            .seenBy(CrashStatesTest.class, "ordinaryEventsSurvive"),
        Mistake.in(DurableFile.class, "the old file is deleted before the rename")
            .replacing(RENAME, RENAME.replace("ATOMIC_MOVE", "REPLACE_EXISTING"))
            .seenBy(CrashStatesTest.class, "ordinaryEventsSurvive"),
        Mistake.in(DurableFile.class, "the file is written in place")
            .replacing(
                "return target.resolveSibling(\".\" + target.getFileName() + \".\" + unique + TEMPORARY);",
                "return target;")
            .replacing(
                "Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS)",
                "Set.of(java.nio.file.StandardOpenOption.CREATE,"
                    + " java.nio.file.StandardOpenOption.TRUNCATE_EXISTING, WRITE)")
            .seenBy(CrashStatesTest.class, "ordinaryEventsSurvive"),
        Mistake.in(DurableFile.class, "on FAT the renamed file is not synced under its new name")
            .replacing("          renamed.force(true);\n", "")
            .seenBy(FileSystemTypeTest.class, "onFatTheRenamedFileIsSyncedUnderItsNewName"),
        Mistake.in(DurableFile.class, "a failed sync of the file is tried again")
            .replacing(SYNC_FILE, retried(SYNC_FILE))
            .seenBy(FaultTest.class, "aFaultAtAnyOperationOfAnEventIsReportedCorrectly"),
        Mistake.in(DurableFile.class, "a failed sync of the directory is tried again")
            .replacing(SYNC_DIRECTORY, retried(SYNC_DIRECTORY))
            .seenBy(FaultTest.class, "aFaultAtAnyOperationOfAnEventIsReportedCorrectly"),
        Mistake.in(Path.of("../state-fsm"), UpdateLifecycle.class, "memory before the disk")
            .replacing(
                "Either<NotPersisted, Transition> durable =",
                "assign(accepted.get()); Either<NotPersisted, Transition> durable =")
            .seenBy(MemoryTest.class, "memoryIsNeverNewerThanWhatAPowerLossLeaves"));
  }

  private static String retried(String sync) {
    return "try {\n" + sync + "} catch (IOException e) {\n" + sync + "}\n";
  }

  private static Stream<Mistake> mistakesOfRecovery() {
    return Stream.of(
        Mistake.in(DurableFile.class, "a stale temporary file is promoted")
            .replacing(
                "Files.deleteIfExists(target.resolveSibling(entry.getFileName()));",
                "Files.move(target.resolveSibling(entry.getFileName()), target,"
                    + " StandardCopyOption.ATOMIC_MOVE);")
            .seenBy(CrashStatesTest.class, "aStaleTemporaryFileIsNeverPromoted"),
        Mistake.in(DocumentFile.class, "an unknown outcome is treated as a success")
            .replacing("return mark.get().settled()\n", "return true\n")
            .seenBy(CrashStatesTest.class, "anUnknownOutcomeIsSettledByAnotherWrite"),
        Mistake.in(DocumentFile.class, "no mark is written before the rename")
            .replacing("        marks.write(mark, directory);\n", "")
            .seenBy(CrashStatesTest.class, SETTLED_BY_THE_NEXT),
        Mistake.in(StateFile.class, "a start does not look at the mark")
            .replacing("read.isRight() && file.isUnsettled() ? settle() : read", "read")
            .seenBy(CrashStatesTest.class, SETTLED_BY_THE_NEXT),
        Mistake.in(OutcomeMark.class, "the mark does not name the event")
            .replacing("more.add(write);", "")
            .seenBy(CrashStatesTest.class, SETTLED_BY_THE_NEXT),
        Mistake.in(OutcomeMark.class, "the mark names an event whose write was lost")
            .replacing("    made.removeIf(write -> !write.made(state));\n", "")
            .seenBy(CrashStatesTest.class, SETTLED_BY_THE_NEXT),
        Mistake.in(StateFileListener.class, "an event is answered as often as it is sent again")
            .replacing(
                "file.forget(OutcomeMark.NONE).toEither(state).swap()", "Either.right(state)")
            .seenBy(CrashStatesTest.class, SETTLED_BY_THE_NEXT),
        Mistake.in(OutcomeMarkFile.class, "a mark that is there is written over in place")
            .replacing(
                "      Files.move(temporary, file, ATOMIC_MOVE);\n",
                "Files.delete(temporary); Files.delete(file); create(file, mark, directory);")
            .seenBy(CrashStatesTest.class, "anUnknownOutcomeIsSettledByAnotherWrite"),
        Mistake.in(OutcomeMarkFile.class, "a mark outlives the boot")
            .replacing("== Rebooted.YES", "== null")
            .seenBy(CrashStatesTest.class, SETTLED_BY_THE_NEXT),
        Mistake.in(StateFile.class, "the rename of a crashed process is not synced at a start")
            .replacing(
                "      DurableFile.sync(directory);\n", "if (false) throw new IOException();\n")
            .seenBy(
                CrashStatesTest.class,
                "whatAnOlderAgentRenamedWithoutASyncIsDurableBeforeTheFirstAnswer"),
        Mistake.in(ProcessLock.class, "the directories that a crashed process made are not synced")
            .replacing("    DurableFile.syncNames(directory);\n", "")
            .seenBy(CrashStatesTest.class, "theFirstEventsSurviveIfDirectoriesAreMissing"),
        Mistake.in(StateFile.class, "a repair does not sync the invalid file's new name")
            .replacing(
                "      DurableFile.sync(DurableFile.parentOf(path));\n",
                "if (false) throw new IOException();\n")
            .seenBy(CrashStatesTest.class, "aRepairEndsInAFreshStateAndKeepsTheInvalidFile"),
        Mistake.in(StateFile.class, "a repair leaves no file while it writes the fresh one")
            .replacing("Files.createLink(aside, path);", "Files.move(path, aside);")
            .seenBy(CrashStatesTest.class, "aRepairEndsInAFreshStateAndKeepsTheInvalidFile"));
  }

  private static Stream<Mistake> mistakesOfExclusion() {
    return Stream.of(
        Mistake.in(ProcessLock.class, "no lock")
            .replacing("return lock != null;", "return true;")
            .seenBy(RivalTest.class, "noEventIsLostToAConcurrentProcessAtAnyOperation"),
        Mistake.in(ProcessLock.class, "a second descriptor of the lock file is closed")
            .replacing(
                "locked[0] = tryCurrent()",
                "{ locked[0] = tryCurrent(); FileChannel.open(file, READ).close(); }")
            .seenBy(RivalTest.class, "noEventIsLostToAConcurrentProcessAtAnyOperation"),
        Mistake.in(ProcessLock.class, "a lock on a deleted file counts")
            .replacing("      if (keepIfCurrent(opened)) {\n", "      if (true) {\n")
            .seenBy(LockFileTest.class, "aWaiterTakesTheLockOfTheFileThatReplacedTheDeletedOne"),
        Mistake.in(DocumentFile.class, "the lock file is not looked at before the rename")
            .replacing("      }\n      lock.requireCurrent();\n", "      }\n")
            .seenBy(LockFileTest.class, "nothingIsRenamedAfterTheLockFileWasReplaced"),
        Mistake.in(DocumentFile.class, "the lock file is not looked at before the mark is written")
            .replacing("        lock.requireCurrent();\n", "")
            .seenBy(LockFileTest.class, "noMarkIsReplacedAfterTheLockFileWasReplaced"),
        Mistake.in(OutcomeMark.class, "a mark counts for any state")
            .replacing("return checksum.equals(checksum(state));", "return true;")
            .seenBy(LockFileTest.class, "anEventThatWasNotWrittenIsNotAnswered"),
        Mistake.in(StateFile.class, "the state is read before the lock is taken")
            .replacing("Either<StoreFailure, Locked> read = file.readDurable(lock);", "")
            .replacing(
                "Either<StoreFailure, Held> acquired = lock();",
                "Either<StoreFailure, Locked> read ="
                    + " file.read().map(document -> new Locked(document, OutcomeMark.NONE));\n"
                    + "Either<StoreFailure, Held> acquired = lock();")
            .seenBy(RivalTest.class, "noEventIsLostToAConcurrentProcessAtAnyOperation"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isDetected(Mistake mistake) {
    Throwable thrown = catchThrowable(
        () -> Mutant.of(mistake, folder, PACKAGES).run(mistake.test(), mistake.method()));
    assertThat(thrown).as("no check found it").isInstanceOf(InvocationTargetException.class);
    assertThat(thrown.getCause()).isInstanceOf(AssertionError.class);
  }

  static Stream<Mistake> tests() {
    return mistakes()
        .map(mistake -> mistake.test())
        .distinct()
        .map(test ->
            mistakes().filter(mistake -> mistake.test() == test).findFirst().orElseThrow());
  }

  /** Checks that the mistake makes the test fail, and not the way in which it is planted. */
  @ParameterizedTest
  @MethodSource("tests")
  void isNotReportedIfItIsNotPlanted(Mistake mistake) throws ReflectiveOperationException {
    Mutant.none(folder, PACKAGES).run(mistake.test(), mistake.method());
  }
}

package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.vavr.control.Either;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The differences between file systems. */
final class FileSystemTypeTest {
  private static List<String> afterRename(String type) {
    Life life = new Life(new Disk(Life.at(4)).ofType(type), Ledger.at(4));
    return afterRename(life);
  }

  private static List<String> afterRename(Life life) {
    life.process.injectFaults(operation -> null);
    Life.required("event", life.event());
    List<Operation> operations = life.process.operations();
    int rename = operations.stream().map(Operation::kind).toList().indexOf(Kind.RENAME);
    return operations.subList(rename + 1, operations.size()).stream()
        .filter(operation ->
            operation.kind() == Kind.SYNC_FILE || operation.kind() == Kind.SYNC_DIRECTORY)
        .map(operation -> operation.kind() + " " + operation.path())
        .toList();
  }

  @Test
  void onFatTheRenamedFileIsSyncedUnderItsNewName() {
    assertThat(afterRename("vfat"))
        .containsExactly("SYNC_FILE " + Life.FILE, "SYNC_DIRECTORY " + Life.DIRECTORY);
  }

  @Test
  void onFatThisIsDoneForEachEvent() {
    Life life = new Life(new Disk(Life.at(4)).ofType("vfat"), Ledger.at(4));
    List<String> first = afterRename(life);
    assertThat(afterRename(life)).isEqualTo(first).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"msdos", "exfat", "fuseblk", "", "not-known"})
  void onAnUnknownFileSystemTheRenamedFileIsSyncedToo(String type) {
    assertThat(afterRename(type)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "f2fs", "tmpfs", "overlay"})
  void onOtherFileSystemsOnlyTheDirectoryIsSynced(String type) {
    assertThat(afterRename(type)).containsExactly("SYNC_DIRECTORY " + Life.DIRECTORY);
  }

  @Test
  void aFileThatIsAMountPointIsNotReplacedAndTheMessageSaysWhatToMount() {
    requireKept(
        "Device or resource busy",
        ", because the file itself is a mount point; mount its directory "
            + Life.DIRECTORY
            + " instead");
  }

  @Test
  void aFileThatTheKernelProtectsStaysAndTheMessageSaysWhy() {
    requireKept(
        "Operation not permitted",
        ": operation not permitted; it is immutable or append-only (lsattr shows it), or belongs to"
            + " another user in a directory with the sticky bit");
  }

  /** Checks that a refused rename keeps the old state, and is no reason to write it again. */
  private static void requireKept(String refusal, String words) {
    Life life = new Life(new Disk(Life.at(4)), Ledger.at(4));
    life.process.injectFaults(
        operation -> operation.kind() == Kind.RENAME ? new IoFault(refusal, false) : null);
    Rejection refused = life.event().getLeft();
    assertThat(Life.outcome(Either.left(refused))).contains(Outcome.OLD);
    assertThat(refused.message())
        .isEqualTo(Life.FILE + ": cannot be replaced" + words + "; the old state is kept");
    life.process.injectFaults(operation -> null);
    assertThat(life.isMarked()).isFalse();
    Life.required("event", life.event());
    life.requireTidy();
  }
}

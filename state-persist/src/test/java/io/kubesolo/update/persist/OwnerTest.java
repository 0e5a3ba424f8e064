package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import io.vavr.control.Either;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file that root creates belongs to the owner of the directory, so that every service can use it.
 */
final class OwnerTest {
  private static Life root(Disk disk, Ledger ledger) {
    Life life = new Life(disk, ledger);
    life.process.asRoot();
    return life;
  }

  @Test
  void allThatRootCreatesBelongsToTheOwnerOfTheDirectory() throws FileSystemException {
    Disk disk = new Disk(Life.bare());
    Life life = root(disk, Ledger.EMPTY);
    life.process.injectFaults(
        operation -> operation.kind() == Kind.SYNC_DIRECTORY && renamed(life) ? full() : null);
    assertThat(Life.outcome(life.event())).contains(Outcome.UNKNOWN);
    Set<String> names = Life.entries(disk.visible()).keySet();
    assertThat(names)
        .containsExactlyInAnyOrder("state.json", "state.json.lock", "state.json.outcome");
    for (String name : names) {
      assertThat(disk.ownerOf(Life.DIRECTORY + "/" + name)).as(name).isEqualTo(Disk.USER);
    }
    assertThat(disk.ownerOf("/var/lib/kubesolo")).isEqualTo(Disk.USER);
    assertThat(disk.ownerOf(Life.DIRECTORY)).isEqualTo(Disk.USER);
  }

  private static boolean renamed(Life life) {
    return life.process.operations().stream()
        .anyMatch(operation -> operation.kind() == Kind.RENAME);
  }

  private static IoFault full() {
    return new IoFault("No space left on device", false);
  }

  @Test
  void existingFilesKeepTheirOwner() {
    Disk disk = new Disk(Life.at(4));
    Life.required("event", new Life(disk, Ledger.at(4)).event());
    Life life = root(disk, Ledger.at(5));
    Life.required("event", life.event());
    assertThat(ownersSet(life)).allMatch(path -> path.contains(".tmp") || path.contains("outcome"));
  }

  @Test
  void anOrdinaryUserChangesNoOwner() {
    Life life = new Life(new Disk(Life.bare()), Ledger.EMPTY);
    Life.required("event", life.event());
    assertThat(ownersSet(life)).isEmpty();
  }

  private static List<String> ownersSet(Life life) {
    return life.process.operations().stream()
        .filter(operation -> operation.kind() == Kind.SET_OWNER)
        .map(Operation::path)
        .toList();
  }

  /** The owner of the directory may have put a link to a file of root's there. */
  @Test
  void aFileWithASecondNameIsNotGivenAway() {
    Disk disk = new Disk(Life.at(4));
    Life life = root(disk, Ledger.at(4));
    life.process.onOperation(operation -> {
      if (operation.kind() == Kind.SET_MODE && operation.path().endsWith(".tmp")) {
        link(disk, operation.path());
      }
    });
    Rejection refused = life.event().getLeft();
    assertThat(Life.outcome(Either.left(refused))).contains(Outcome.OLD);
    assertThat(refused.message()).contains("it was replaced by a hard link");
    assertThat(ownersSet(life)).noneMatch(path -> path.endsWith(".tmp"));
  }

  private static void link(Disk disk, String file) {
    SimulatedProcess owner = new SimulatedProcess(disk);
    try {
      Files.createLink(owner.path(Life.DIRECTORY + "/second"), owner.path(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On a real file system a directory has several links from the start. */
  @Test
  void aRealDirectoryThatRootCreatesBelongsToTheOwnerOfItsParent(@TempDir Path parent)
      throws IOException {
    assumeThat(Child.isRoot()).as("SKIPPED: only root gives a directory away").isTrue();
    Files.setAttribute(parent, "unix:uid", Disk.USER);
    Path made = parent.resolve("a/b");
    assertThat(DurableFile.createDirectories(made)).isEmpty();
    assertThat(Files.getAttribute(made, "unix:uid")).isEqualTo(Disk.USER);
    assertThat(Files.getAttribute(made.getParent(), "unix:uid")).isEqualTo(Disk.USER);
  }

  /** Another process may have replaced it meanwhile. */
  @Test
  void aFileThatIsNotOfRootIsNotGivenAway() throws IOException {
    Disk disk = new Disk(Life.at(4));
    Life life = root(disk, Ledger.at(4));
    Directory.read(life.process.path(Life.DIRECTORY)).giveToOwner(life.process.path(Life.FILE));
    assertThat(ownersSet(life)).isEmpty();
  }

  @Test
  void aLockFileWhoseOwnerCannotBeChangedIsDeleted() {
    Disk disk = new Disk(Life.at(4));
    Life life = root(disk, Ledger.at(4));
    life.process.injectFaults(operation ->
        operation.kind() == Kind.SET_OWNER ? new IoFault("Operation not permitted", false) : null);
    assertThat(life.event().getLeft().message())
        .isEqualTo(Life.FILE
            + ".lock: the lock cannot be made: operation not permitted; the old state is kept");
    assertThat(Life.entries(disk.visible())).containsOnlyKeys("state.json");
  }
}

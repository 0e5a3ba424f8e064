package io.kubesolo.update.agent.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.persist.StateFile;
import org.junit.jupiter.api.Test;

/** What the message of a rejection advises. */
final class FailureTest {
  private static String message(String path, String problem) {
    return Failure.of(new NotPersisted(path, problem, Outcome.OLD)).message();
  }

  @Test
  void advisesNothingElseIfTheProblemSaysWhatToDo() {
    assertThat(
            message("/x/state.json.lock", "the lock cannot be made: not a regular file; remove it"))
        .endsWith("not a regular file; remove it; the old state is kept");
  }

  @Test
  void advisesAnotherFileIfTheFileSystemHasNoDurableDirectories() {
    assertThat(message("/sys/kernel", "the directory cannot be synced: invalid argument"))
        .endsWith("the old state is kept; name a file on a local POSIX file system by --state");
  }

  @Test
  void advisesTheShortCommandForTheDefaultFile() {
    Rejection invalid = new Unreadable(StateFile.DEFAULT_PATH.toString(), "phase: unknown", true);

    assertThat(Failure.of(invalid).message())
        .isEqualTo(StateFile.DEFAULT_PATH
            + ": phase: unknown; update-agent repair moves it aside and writes a fresh one");
  }
}

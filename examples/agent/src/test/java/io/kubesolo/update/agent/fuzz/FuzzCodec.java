package io.kubesolo.update.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Any bytes as the state file: they are rejected in one line and left as they are, or they are
 * read, and what is then written is read as the same state.
 */
public final class FuzzCodec {
  private static final Path FILE = Path.of(System.getProperty("fuzz.state", "")).toAbsolutePath();
  private static final Path COPY = FILE.resolveSibling("copy.json");
  private static final StateFile STATE = StateFile.at(FILE, () -> Instant.EPOCH);

  private FuzzCodec() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    Either<StoreFailure, Loaded> read = STATE.read();
    if (read.isLeft()) {
      assertThat(read.getLeft().message())
          .startsWith(FILE.toString())
          .matches("[^\\p{Cc}\\u2028\\u2029]+");
    } else {
      assertThat(STATE.bytes().get()).isEqualTo(bytes);
      rewrite(bytes, read.get().state());
    }
    assertThat(FILE).hasBinaryContent(bytes);
  }

  /**
   * Sends an event, which rewrites the file; all that the event does not change must be the same.
   */
  private static void rewrite(byte[] bytes, UpdateState state) throws IOException {
    Files.write(COPY, bytes);
    StateFile copy = StateFile.at(COPY, () -> Instant.EPOCH);
    UpdateLifecycle.open(copy, LifecycleSettings.DEFAULT.withMaxAttempts(0), new TableEngine())
        .get()
        .send(state.phase() == Phase.IDLE ? new UpdateEvent.Check() : new UpdateEvent.Fail("fuzz"))
        .peek(after -> {
          UpdateState stored = copy.read().get().state();
          assertThat(stored).isEqualTo(after);
          assertThat(stored.toVersion()).isEqualTo(state.toVersion());
          assertThat(stored.fromVersion()).isEqualTo(state.fromVersion());
          assertThat(stored.rolledBackVersions()).isEqualTo(state.rolledBackVersions());
        });
  }
}

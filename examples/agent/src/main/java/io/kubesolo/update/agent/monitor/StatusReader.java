package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Reads the state file without a lock and without writing. A missing file is a fresh state that was
 * never updated.
 *
 * <p>Safe for use by several threads.
 */
public final class StatusReader {
  private final Path path;
  private final LifecycleSettings settings;
  private final TransitionTable table;

  public StatusReader(Path path, LifecycleSettings settings, TransitionTable table) {
    this.path = path;
    this.settings = settings;
    this.table = table;
  }

  Path path() {
    return path;
  }

  /** Reads a state file, of which only the content counts: a missing file is never updated. */
  public static Either<StoreFailure, Loaded> load(Path path) {
    return StateFile.at(path, InstantSource.fixed(UpdateState.NEVER)).read();
  }

  /** Returns what the file holds now, or why it cannot be read. */
  public Either<StoreFailure, StatusSnapshot> read() {
    return load(path)
        .map(loaded -> new StatusSnapshot(loaded.state(), settings.boot().get(), settings, table));
  }
}

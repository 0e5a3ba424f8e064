package io.kubesolo.update.agent;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Looks at the state file again and again, without a lock and without writing. A missing file is a
 * fresh state that was never updated.
 *
 * <p>Safe for use by several threads.
 */
final class Observer {
  private final StateFile file;
  private final LifecycleSettings settings;
  private final TransitionTable table;

  Observer(Path path, LifecycleSettings settings, TransitionTable table) {
    this.file = StateFile.at(path, InstantSource.fixed(UpdateState.NEVER));
    this.settings = settings;
    this.table = table;
  }

  Path path() {
    return file.path();
  }

  /** What the file holds now, or why it cannot be read. */
  Either<StoreFailure, Standing> look() {
    return file.read()
        .map(loaded -> new Standing(loaded.state(), settings.boot().get(), settings, table));
  }
}

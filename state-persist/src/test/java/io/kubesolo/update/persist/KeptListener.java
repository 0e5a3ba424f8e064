package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.ArrayList;
import java.util.List;

/** A listener of a store that an embedder keeps after the lock was released. */
final class KeptListener {
  private KeptListener() {}

  /** Checks that the listener of a store with a fresh state writes nothing without the lock. */
  static void assertRefuses(StateStore store) {
    List<PersistListener> kept = new ArrayList<>();
    UpdateState before = store
        .<UpdateState>exclusively((loaded, listener) -> {
          kept.add(listener);
          return Either.right(loaded.state());
        })
        .get();
    UpdateState after = before.toBuilder().revision(1).build();
    Transition transition = new Transition(before, new Check(), after);
    assertThatThrownBy(() -> kept.get(0).onAccepted(transition))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("lock");
    assertThatThrownBy(() -> kept.get(0).onResent(new Check()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("lock");
    assertThat(store.read().get().state().revision()).isZero();
  }
}

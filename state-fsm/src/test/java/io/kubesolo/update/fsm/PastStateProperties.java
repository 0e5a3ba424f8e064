package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** {@link PastState} computes the earlier states of a life, if no download in it was forced. */
class PastStateProperties {
  private static final List<String> VERSIONS = List.of("v1", "v2", "v3");

  private final LifecycleEngine engine = new TableEngine();

  @Property(tries = 500)
  void findsEachEarlierState(@ForAll long seed) {
    Random random = new Random(seed);
    Instant now = Instant.parse("2026-03-04T05:06:07Z");
    UpdateState state = UpdateState.fresh(now);
    List<UpdateState> recorded = new ArrayList<>();
    for (int i = 0; i < 60 && recorded.size() < Edge.MAX_HISTORY; i++) {
      now = now.plus(Duration.ofSeconds(1));
      int entries = state.history().size();
      state = engine
          .decide(state, event(random, state), new EventContext(now, Option.none(), 3))
          .getOrElse(state);
      if (state.history().size() > entries) {
        recorded.add(state);
      }
    }

    for (int i = 0; i < recorded.size(); i++) {
      UpdateState found = PastState.after(state, i).get();
      UpdateState real = recorded.get(i);
      assertThat(found.phase()).isEqualTo(real.phase());
      assertThat(found.toVersion()).isEqualTo(real.toVersion());
      assertThat(found.lastError()).isEqualTo(real.lastError());
      assertThat(found.attemptCount())
          .as("%d of %s", i, state.history())
          .isEqualTo(real.attemptCount());
      assertThat(found.rolledBackVersions()).isEqualTo(real.rolledBackVersions());
      assertThat(found.updatedAt()).isEqualTo(real.updatedAt());
      assertThat(found.history()).isEqualTo(real.history());
      assertThat(found.fromVersion()).isIn(Option.none(), real.fromVersion());
      assertThat(found.startedAt()).isIn(Option.none(), real.startedAt());
    }
  }

  private UpdateEvent event(Random random, UpdateState state) {
    List<EventType> permitted = engine.table().permitted(state.phase());
    Values values = new Values(
        Option.some(version(random)),
        Option.some(state.toVersion().filter(to -> random.nextBoolean()).getOrElse("v1")),
        Option.some("error " + random.nextInt(5)),
        false,
        random.nextBoolean());
    return UpdateEvent.of(permitted.get(random.nextInt(permitted.size())), values)
        .get();
  }

  private static String version(Random random) {
    return VERSIONS.get(random.nextInt(VERSIONS.size()));
  }
}

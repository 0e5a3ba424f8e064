package io.kubesolo.update.boot;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of the lifecycle, {@code update.*}.
 *
 * @param file the state file
 * @param engine what decides events
 * @param maxAttempts how many attempts at one version are allowed; 0 is no limit
 * @param deadlines how long a transient phase may last, if it is not the default; 0 is no limit
 * @param tickInterval how often the file is read again, and an overdue phase is ended
 */
@ConfigurationProperties("update")
record UpdateProperties(
    String file,
    @DefaultValue("table") EngineName engine,
    @DefaultValue("3") long maxAttempts,
    @Nullable Map<Phase, Duration> deadlines,
    @DefaultValue("10s") Duration tickInterval) {

  /** An engine. */
  enum EngineName {
    TABLE,
    SPRING;

    LifecycleEngine create() {
      return this == TABLE ? new TableEngine() : new SpringEngine();
    }
  }

  /** Returns the default deadlines, changed by some. */
  static Deadlines deadlines(@Nullable Map<Phase, Duration> changes) {
    Map<Phase, Duration> limits = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      Deadlines.DEFAULT.limit(phase).forEach(limit -> limits.put(phase, limit));
    }
    if (changes != null) {
      limits.putAll(changes);
    }
    limits.values().removeIf(Duration::isZero);
    return new Deadlines(limits);
  }
}

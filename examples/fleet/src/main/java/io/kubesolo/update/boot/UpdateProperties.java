package io.kubesolo.update.boot;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import java.time.Duration;
import java.util.Map;
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
    @DefaultValue Map<Phase, Duration> deadlines,
    @DefaultValue("10s") Duration tickInterval) {

  /** An engine. */
  enum EngineName {
    TABLE,
    SPRING;

    LifecycleEngine create() {
      return this == TABLE ? new TableEngine() : new SpringEngine();
    }
  }
}

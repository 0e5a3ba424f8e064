package io.kubesolo.update.fleet;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of the service, {@code fleet.*}.
 *
 * @param database the JDBC address of the database
 * @param maxAttempts how many attempts at one version a device has; 0 is no limit
 * @param deadlines how long a transient phase may last; 0 is no limit
 * @param tickInterval how often overdue phases are ended
 * @param transitionsKept how long a client of the event stream may be away and miss nothing
 * @param lockSlots how many devices of a group may hold the lock at a time
 * @param defaultLockSlots the same, of a group that is not named in {@code lockSlots}
 */
@ConfigurationProperties("fleet")
record FleetProperties(
    String database,
    @DefaultValue("3") long maxAttempts,
    @DefaultValue Map<Phase, Duration> deadlines,
    @DefaultValue("30s") Duration tickInterval,
    @DefaultValue("7d") Duration transitionsKept,
    @DefaultValue Map<String, Integer> lockSlots,
    @DefaultValue("1") int defaultLockSlots) {

  /** Returns the default limits, changed by those that are set. */
  Deadlines limits() {
    return Deadlines.DEFAULT.with(deadlines);
  }

  int slots(String group) {
    return lockSlots.getOrDefault(group, defaultLockSlots);
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import java.time.Instant;

/**
 * A fleet lock that a server granted to a device, and that the device has not given back.
 *
 * <p>Immutable.
 *
 * @param lock the lock
 * @param since when it was granted, by the clock of the device
 */
public record HeldFleetLock(FleetLock lock, Instant since) {}

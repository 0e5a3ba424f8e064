/**
 * The server that limits how many devices of a fleet reboot at a time. {@link
 * io.kubesolo.update.agent.fleet.FleetLockServer} is the entry point.
 */
@NullMarked
package io.kubesolo.update.agent.fleet;

import org.jspecify.annotations.NullMarked;

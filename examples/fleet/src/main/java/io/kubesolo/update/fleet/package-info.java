/**
 * A service that decides and stores the lifecycles of a fleet of devices, one in each row of a
 * database. {@link io.kubesolo.update.fleet.FleetApplication} is the entry point.
 */
@NullMarked
package io.kubesolo.update.fleet;

import org.jspecify.annotations.NullMarked;

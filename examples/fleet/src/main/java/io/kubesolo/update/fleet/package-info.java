/**
 * A service that decides and keeps the lifecycles of a fleet of devices, a row of a database each. {@link
 * io.kubesolo.update.fleet.FleetApplication} is the entry point.
 */
@NullMarked
package io.kubesolo.update.fleet;

import org.jspecify.annotations.NullMarked;

/** The agent: the command line over the lifecycle, and an agent's real work on a device. */
@NullMarked
package io.kubesolo.update.agent;

import org.jspecify.annotations.NullMarked;

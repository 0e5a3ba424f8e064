/**
 * A device directory: its configuration, slots, boot environment and boot record, and the health
 * check. {@link io.kubesolo.update.agent.device.Device} is the entry point.
 */
@NullMarked
package io.kubesolo.update.agent.device;

import org.jspecify.annotations.NullMarked;

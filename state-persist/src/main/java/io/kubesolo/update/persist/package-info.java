/**
 * The durable state file; {@link io.kubesolo.update.persist.StateFile} is the way in. Made for one
 * local POSIX file system.
 */
@NullMarked
package io.kubesolo.update.persist;

import org.jspecify.annotations.NullMarked;

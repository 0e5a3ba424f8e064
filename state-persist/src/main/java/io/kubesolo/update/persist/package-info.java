/**
 * The durable state file; {@link io.kubesolo.update.persist.StateFile} is the entry point. It needs
 * one local POSIX file system.
 */
@NullMarked
package io.kubesolo.update.persist;

import org.jspecify.annotations.NullMarked;

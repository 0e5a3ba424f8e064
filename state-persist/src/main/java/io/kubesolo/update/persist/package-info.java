/**
 * Stores of the state. {@link io.kubesolo.update.persist.StateFile} is the durable state file. It
 * needs one local POSIX file system. {@link io.kubesolo.update.persist.SqlStateStore} keeps many
 * states in a database. {@link io.kubesolo.update.persist.StateJson} writes records as JSON, and
 * {@link io.kubesolo.update.persist.EventLine} reads an event.
 */
@NullMarked
package io.kubesolo.update.persist;

import org.jspecify.annotations.NullMarked;

/**
 * The model of the update lifecycle: phases, events, the state, guards, actions, and the ports of
 * the store and the listeners. All of it is pure: nothing here does I/O or depends on a framework.
 */
@NullMarked
package io.kubesolo.update.core;

import org.jspecify.annotations.NullMarked;

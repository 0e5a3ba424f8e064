/**
 * The model of the update lifecycle: phases, events, the state, guards, actions, and the ports of
 * the store and the listeners. All of it is pure and depends on no framework. Only {@link
 * io.kubesolo.update.core.LinuxBoot} does I/O: it reads {@code /proc}.
 */
@NullMarked
package io.kubesolo.update.core;

import org.jspecify.annotations.NullMarked;

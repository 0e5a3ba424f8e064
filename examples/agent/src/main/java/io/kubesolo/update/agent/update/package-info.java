/**
 * The work of each phase of an update. {@link io.kubesolo.update.agent.update.UpdateSession} runs a
 * task, such as {@link io.kubesolo.update.agent.update.ApplyTask}, while it holds the work lock.
 */
@NullMarked
package io.kubesolo.update.agent.update;

import org.jspecify.annotations.NullMarked;

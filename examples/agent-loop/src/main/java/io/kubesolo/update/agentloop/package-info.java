/** An update agent of one class; {@link io.kubesolo.update.agentloop.AgentLoop} is the entry point. */
@NullMarked
package io.kubesolo.update.agentloop;

import org.jspecify.annotations.NullMarked;

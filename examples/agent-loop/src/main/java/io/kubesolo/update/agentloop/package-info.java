/** An update agent of one class: {@link io.kubesolo.update.agentloop.AgentLoop}. */
@NullMarked
package io.kubesolo.update.agentloop;

import org.jspecify.annotations.NullMarked;

/**
 * Events from outside, as text and as lines of a replay, and their effects without sending them:
 * {@link io.kubesolo.update.agent.event.WhatIfChain} is shared by the command {@code what-if} and
 * its page.
 */
@NullMarked
package io.kubesolo.update.agent.event;

import org.jspecify.annotations.NullMarked;

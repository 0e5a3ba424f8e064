/**
 * The update agent: a program that keeps the lifecycle of an A/B update on one device. {@link
 * io.kubesolo.update.agent.Main} starts it; its commands are in {@code cli}.
 */
@NullMarked
package io.kubesolo.update.agent;

import org.jspecify.annotations.NullMarked;

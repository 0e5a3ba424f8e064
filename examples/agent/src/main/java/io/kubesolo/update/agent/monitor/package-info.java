/**
 * The status of an update for operators and their tools, read without a lock. {@link
 * io.kubesolo.update.agent.monitor.StatusReader} reads it; {@link
 * io.kubesolo.update.agent.monitor.MonitorServer} serves it over HTTP.
 */
@NullMarked
package io.kubesolo.update.agent.monitor;

import org.jspecify.annotations.NullMarked;

/**
 * Files, JSON, checksums and failures, which all parts of the agent use. {@link
 * io.kubesolo.update.agent.io.Failure} is what every part reports.
 */
@NullMarked
package io.kubesolo.update.agent.io;

import org.jspecify.annotations.NullMarked;

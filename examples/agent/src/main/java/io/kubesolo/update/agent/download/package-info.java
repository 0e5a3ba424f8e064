/**
 * The update server, its signed manifest, and the download of an image. {@link
 * io.kubesolo.update.agent.download.UpdateServer} is the entry point.
 */
@NullMarked
package io.kubesolo.update.agent.download;

import org.jspecify.annotations.NullMarked;

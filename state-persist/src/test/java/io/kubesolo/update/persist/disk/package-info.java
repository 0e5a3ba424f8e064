/**
 * A simulated disk behind {@code java.nio.file}: {@link io.kubesolo.update.persist.disk.Disk} is the
 * hardware and the kernel's cache, {@link io.kubesolo.update.persist.disk.SimulatedProcess} the file
 * system as one process sees it.
 */
@NullMarked
package io.kubesolo.update.persist.disk;

import org.jspecify.annotations.NullMarked;

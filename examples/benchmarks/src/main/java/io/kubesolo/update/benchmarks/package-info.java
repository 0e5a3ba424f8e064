/**
 * Measures what an event costs here, and in others' libraries that are made to give the same
 * answers. Each part is a program that writes one file of {@link
 * io.kubesolo.update.benchmarks.Result}s; {@link io.kubesolo.update.benchmarks.Report} makes tables
 * and plots of them.
 */
@NullMarked
package io.kubesolo.update.benchmarks;

import org.jspecify.annotations.NullMarked;

/**
 * Measures the cost of an event here, and in other libraries that are made to give the same
 * answers. {@link io.kubesolo.update.benchmarks.Main} measures one part, whose {@link
 * io.kubesolo.update.benchmarks.Result}s {@link io.kubesolo.update.benchmarks.Report} writes into
 * the README as tables and plots.
 */
@NullMarked
package io.kubesolo.update.benchmarks;

import org.jspecify.annotations.NullMarked;

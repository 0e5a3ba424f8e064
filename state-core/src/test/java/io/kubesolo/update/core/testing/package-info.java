/**
 * Fixtures for tests, also for those of an embedder: {@link
 * io.kubesolo.update.core.testing.SampleStates} has a valid state of each phase, {@link
 * io.kubesolo.update.core.testing.InMemoryStateStore} is a store whose faults a test plants, and
 * {@link io.kubesolo.update.core.testing.ManualClock} is a wall clock and a kernel that a test
 * moves.
 *
 * <p>The package is published as the test-jar of state-core. A test depends on it by
 *
 * <pre>{@code
 * <dependency>
 *   <groupId>io.kubesolo.update</groupId>
 *   <artifactId>state-core</artifactId>
 *   <version>...</version>
 *   <type>test-jar</type>
 *   <scope>test</scope>
 * </dependency>
 * }</pre>
 *
 * <p>and opens a lifecycle over it:
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * InMemoryStateStore store = new InMemoryStateStore(SampleStates.in(Phase.STAGED));
 * LifecycleSettings settings =
 *     LifecycleSettings.DEFAULT.withClock(clock).withBoot(clock::boot);
 * UpdateLifecycle lifecycle = UpdateLifecycle.open(store, settings, new TableEngine()).get();
 *
 * store.failNext(Fault.UNKNOWN_NEW);
 * clock.reboot();
 * }</pre>
 */
@NullMarked
package io.kubesolo.update.core.testing;

import org.jspecify.annotations.NullMarked;

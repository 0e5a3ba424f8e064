/**
 * A kit for tests of what uses a lifecycle: {@link
 * io.kubesolo.update.core.testing.InMemoryStateStore} is a store whose faults a test plants, {@link
 * io.kubesolo.update.core.testing.ManualClock} is a wall clock and a kernel that a test moves and
 * reboots, {@link io.kubesolo.update.core.testing.SampleStates} has a valid state of each phase, and
 * {@link io.kubesolo.update.core.testing.ReferenceModel} is a second implementation to compare a
 * lifecycle or a fake with. The simulated disk for files of your own is in the test-jar of
 * state-persist.
 *
 * <p>The package is published as the test-jar of state-core, with sources and Javadoc, and needs
 * nothing else than the library and what that brings. A test depends on it by
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
 * ReferenceModel model = new ReferenceModel(store.stored(), settings.maxAttempts());
 *
 * store.failNext(Fault.UNKNOWN_NEW);
 * UpdateEvent event = new Activate();
 * assertTrue(lifecycle.send(event).isLeft()); // not persisted, unknown
 * Either<Rejection, UpdateState> again = lifecycle.send(event);
 *
 * assertTrue(model.send(event, clock.instant(), clock.boot()).isSameAs(again));
 * assertEquals(model.describe(), ReferenceModel.describe(lifecycle.state()));
 *
 * clock.reboot();
 * lifecycle.reconcile("v1"); // rolls back: v1 runs instead of v2
 * assertEquals(Phase.ROLLED_BACK, lifecycle.state().phase());
 * }</pre>
 */
@NullMarked
package io.kubesolo.update.core.testing;

import org.jspecify.annotations.NullMarked;

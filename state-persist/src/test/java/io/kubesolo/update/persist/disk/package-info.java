/**
 * A disk that is simulated behind {@code java.nio.file}, to see what a crash leaves of small files:
 * the state file, or a file of your own. {@link io.kubesolo.update.persist.disk.CrashStates} is the
 * entry point. It loses the power before each operation of a program, and runs a recovery on
 * everything that may be left. {@link io.kubesolo.update.persist.disk.SimulatedProcess} is the file
 * system of one process, on which operations can be made to fail; {@link
 * io.kubesolo.update.persist.disk.Disk} is the disk that processes share.
 *
 * <p>The package is published as the test-jar of state-persist, with sources and Javadoc, and needs
 * nothing else than the library and what that brings. A test depends on it by
 *
 * <pre>{@code
 * <dependency>
 *   <groupId>io.kubesolo.update</groupId>
 *   <artifactId>state-persist</artifactId>
 *   <version>...</version>
 *   <type>test-jar</type>
 *   <scope>test</scope>
 * </dependency>
 * }</pre>
 *
 * <p>This writes a number to a file, acknowledges it, and lets the recovery see that no
 * acknowledged number is lost:
 *
 * <pre>{@code
 * static void save(CrashStates.Run<Integer> run, int number) throws IOException {
 *   Path file = run.path("/data/number");
 *   Path temporary = run.path("/data/number.tmp");
 *   try (FileChannel out = FileChannel.open(temporary, CREATE, TRUNCATE_EXISTING, WRITE)) {
 *     out.write(ByteBuffer.wrap(Integer.toString(number).getBytes(UTF_8)));
 *     out.force(true);
 *   }
 *   Files.move(temporary, file, ATOMIC_MOVE);
 *   try (FileChannel directory = FileChannel.open(file.getParent(), READ)) {
 *     directory.force(true);
 *   }
 *   run.acknowledge(number);
 * }
 *
 * static void recover(CrashStates.Run<Integer> run) throws IOException {
 *   int number = Integer.parseInt(Files.readString(run.path("/data/number")));
 *   assertTrue(number >= run.acknowledged());
 * }
 *
 * {@literal @}Test
 * void noNumberIsLost() {
 *   Image.Directory start = Image.empty().with("/data/number", Image.file("1"));
 *   CrashStates.withRecovery(TestKitTest::recover).losePower(start, 1, run -> save(run, 2));
 * }
 * }</pre>
 *
 * <p>Without one of the two calls of {@code force}, that test fails with the operations until the
 * power was lost, and with what was on the disk then.
 */
@NullMarked
package io.kubesolo.update.persist.disk;

import org.jspecify.annotations.NullMarked;

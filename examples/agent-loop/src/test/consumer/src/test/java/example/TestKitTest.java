package example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.ReferenceModel;
import io.kubesolo.update.core.testing.SampleStates;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.kubesolo.update.persist.disk.CrashStates;
import io.kubesolo.update.persist.disk.Image;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples in the package comments of the test kit, compiled and run as an embedder does. */
class TestKitTest {
  @Test
  void aLifecycleOverAStoreThatFailsOnDemand() {
    ManualClock clock = new ManualClock();
    InMemoryStateStore store = new InMemoryStateStore(SampleStates.in(Phase.STAGED));
    LifecycleSettings settings =
        LifecycleSettings.DEFAULT.withClock(clock).withBoot(clock::boot);
    UpdateLifecycle lifecycle = UpdateLifecycle.open(store, settings, new TableEngine()).get();
    ReferenceModel model = new ReferenceModel(store.stored(), settings.maxAttempts());

    store.failNext(Fault.UNKNOWN_NEW);
    UpdateEvent event = new Activate();
    assertTrue(lifecycle.send(event).isLeft()); // not persisted, unknown
    Either<Rejection, UpdateState> again = lifecycle.send(event);

    assertTrue(model.send(event, clock.instant(), clock.boot()).isSameAs(again));
    assertEquals(model.describe(), ReferenceModel.describe(lifecycle.state()));

    clock.reboot();
    lifecycle.reconcile("v1"); // rolls back: v1 runs instead of v2
    assertEquals(Phase.ROLLED_BACK, lifecycle.state().phase());
  }

  static void save(CrashStates.Run<Integer> run, int number) throws IOException {
    Path file = run.path("/data/number");
    Path temporary = run.path("/data/number.tmp");
    try (FileChannel out = FileChannel.open(temporary, CREATE, TRUNCATE_EXISTING, WRITE)) {
      out.write(ByteBuffer.wrap(Integer.toString(number).getBytes(UTF_8)));
      out.force(true);
    }
    Files.move(temporary, file, ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.getParent(), READ)) {
      directory.force(true);
    }
    run.acknowledge(number);
  }

  static void recover(CrashStates.Run<Integer> run) throws IOException {
    int number = Integer.parseInt(Files.readString(run.path("/data/number")));
    assertTrue(number >= run.acknowledged());
  }

  @Test
  void noNumberIsLost() {
    Image.Directory start = Image.empty().with("/data/number", Image.file("1"));
    CrashStates.withRecovery(TestKitTest::recover).losePower(start, 1, run -> save(run, 2));
  }

  @Test
  void aNumberThatIsNotSyncedIsLost() {
    Image.Directory start = Image.empty().with("/data/number", Image.file("1"));
    assertThrows(
        CrashStates.Violation.class,
        () -> CrashStates.withRecovery(TestKitTest::recover).losePower(start, 1, run -> {
          Files.writeString(run.path("/data/number"), "2");
          run.acknowledge(2);
        }));
  }

  @Test
  void findsTheInstalledArtifacts() {
    for (Class<?> type : List.of(
        InMemoryStateStore.class,
        CrashStates.class,
        UpdateState.class,
        UpdateLifecycle.class,
        StateFile.class)) {
      System.out.println("from " + type.getProtectionDomain().getCodeSource().getLocation());
    }
  }
}

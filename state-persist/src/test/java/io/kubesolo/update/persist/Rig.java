package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.FaultyFileSystem.Fault;
import io.kubesolo.update.persist.FaultyFileSystem.Kind;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device, and its state file by way of a file system in which faults strike.
 *
 * @param device the device
 * @param system the file system
 * @param file the state file
 */
record Rig(Device device, FaultyFileSystem system, StateFile file) {
  /** When a fault strikes. */
  enum When {
    BEFORE,
    AFTER,
    FROM_THEN_ON
  }

  /** What is thrown; an error is no trouble with the disk but the end of the work at hand. */
  enum What {
    IO,
    ERROR;

    void strike() throws IOException {
      if (this == IO) {
        throw new IOException("Input/output error");
      }
      throw new Error("planted");
    }
  }

  static Rig in(Path directory) {
    Device device = new Device(directory);
    FaultyFileSystem system = new FaultyFileSystem();
    Path path = system.path(device.path());
    return new Rig(device, system, new StateFile(path, Device.CLOCK, Device.SHORT));
  }

  /** A fault at one operation, counted from 1, or at it and all after it. */
  static Fault at(int number, When when, What what) {
    AtomicInteger begun = new AtomicInteger();
    return (call, done) -> {
      int present = done ? begun.get() : begun.incrementAndGet();
      boolean strikes = when == When.FROM_THEN_ON
          ? present >= number
          : present == number && done == (when == When.AFTER);
      if (strikes) {
        what.strike();
      }
    };
  }

  /** A fault before the first operation of a kind on a path. */
  static Fault first(Kind kind, Path path) {
    AtomicInteger seen = new AtomicInteger();
    return (call, done) -> {
      if (!done && call.kind() == kind && call.path().equals(path) && seen.getAndIncrement() == 0) {
        What.IO.strike();
      }
    };
  }

  /** The outcome that a failed write names; none where the answer is another. */
  static Option<Outcome> outcome(Either<? extends Rejection, ?> answer) {
    return answer.isLeft() && answer.getLeft() instanceof NotPersisted failure
        ? Option.some(failure.outcome())
        : Option.none();
  }

  Either<Rejection, UpdateState> send() {
    return Device.persist(file, Device::counted);
  }

  /** Leaves a state of which nobody knows whether it is on the disk. */
  Rig unsettled() {
    system.arm(first(Kind.SYNC, device.directory()));
    assertThat(outcome(send())).isEqualTo(Option.some(Outcome.UNKNOWN));
    system.arm(FaultyFileSystem.NONE);
    return this;
  }

  /** What is in the file; nothing where it is missing. */
  String text() throws IOException {
    return Files.exists(device.path()) ? device.text() : "";
  }

  /** The temporary files. */
  List<String> litter() {
    return !Files.exists(device.directory())
        ? List.of()
        : device.entries().keySet().stream()
            .filter(name -> name.endsWith(".tmp"))
            .toList();
  }

  /** How often something was done since a fault was last armed. */
  long count(Kind kind) {
    return system.calls().stream().filter(call -> call.kind() == kind).count();
  }
}

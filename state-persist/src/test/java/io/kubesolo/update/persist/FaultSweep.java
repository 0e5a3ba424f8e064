package io.kubesolo.update.persist;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault;
import io.kubesolo.update.persist.disk.Fault.ErrorFault;
import io.kubesolo.update.persist.disk.Fault.InjectedError;
import io.kubesolo.update.persist.disk.Fault.Interrupt;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Fault.ShortWrite;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.vavr.control.Either;
import io.vavr.control.Option;
import io.vavr.control.Try;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sends an event, and the same one again, while one or two operations of the file system go wrong;
 * checks what each answer says of the file against what readers see and a power cut would leave; and
 * lets the next event go well.
 */
final class FaultSweep {
  /**
   * Every error that an operating system returns at such operations, early and late, and every
   * other fault.
   */
  static final List<Fault> ALL = List.of(
      new IoFault("Input/output error", false),
      new IoFault("Input/output error", true),
      new IoFault("No space left on device", false),
      new IoFault("Disk quota exceeded", false),
      new IoFault("Read-only file system", false),
      new ShortWrite(),
      new Interrupt(false),
      new Interrupt(true),
      new ErrorFault(false),
      new ErrorFault(true));

  /** One fault of each kind. */
  static final List<Fault> SORTS = List.of(
      new IoFault("Input/output error", false),
      new IoFault("Input/output error", true),
      new ShortWrite(),
      new Interrupt(false),
      new ErrorFault(false));

  private final Image.Directory start;
  private final Ledger ledger;
  private final Set<Boot> known = new HashSet<>();
  private long runs;

  /** A disk that a power cut would leave, and what it may contain. */
  private record Boot(Image image, Ledger ledger) {}

  FaultSweep(Image.Directory start, Ledger ledger) {
    this.start = start;
    this.ledger = ledger;
  }

  String counts() {
    return "%,d runs, %,d different disks left".formatted(runs, known.size());
  }

  /** Injects one fault at each operation of an event, and returns how many operations there are. */
  int singly(List<Fault> faults) {
    List<Operation> operations = run(Map.of());
    for (Operation operation : operations) {
      for (Fault fault : possible(faults, operation)) {
        run(Map.of(operation.index(), fault));
      }
    }
    return operations.size();
  }

  /** Injects one fault at each operation of the first event, and one at each operation after it. */
  void inPairs(List<Fault> faults) {
    for (Operation operation : run(Map.of())) {
      for (Fault fault : possible(faults, operation)) {
        List<Operation> operations = run(Map.of(operation.index(), fault));
        for (Operation later : operations.subList(operation.index() + 1, operations.size())) {
          for (Fault second : possible(faults, later)) {
            run(Map.of(operation.index(), fault, later.index(), second));
          }
        }
      }
    }
  }

  private static List<Fault> possible(List<Fault> faults, Operation operation) {
    return operation.kind() == Kind.WRITE
        ? faults
        : faults.stream().filter(fault -> !(fault instanceof ShortWrite)).toList();
  }

  private List<Operation> run(Map<Integer, Fault> faults) {
    runs++;
    Disk disk = new Disk(start);
    Life life = new Life(disk, ledger);
    life.process.injectFaults(operation -> faults.get(operation.index()));
    try {
      Attempt first = new Attempt(life);
      requireSurvival(life);
      first.requireOnlyWhatExplainsIt(life.process.injectedFaults());
      Attempt second = new Attempt(life);
      requireSurvival(life);
      second.requireOnlyWhatExplainsIt(life.process.injectedFaults());
      List<Operation> operations = life.process.operations();
      life.process.injectFaults(operation -> null);
      require(!life.process.holdsLock(), "a lock is left");
      Life.required("the event after", life.event());
      requireSurvival(life);
      life.requireTidy();
      return operations;
    } catch (Violation e) {
      throw new Violation(
          new TreeMap<>(faults) + ": " + e.getMessage() + " " + life.process.operations(), e);
    } finally {
      Thread.interrupted();
      life.process.end();
    }
  }

  private void requireSurvival(Life life) {
    for (Image.Directory image : life.process.disk().possibleAfterPowerLoss()) {
      if (known.add(new Boot(Life.canonical(image), life.ledger()))) {
        Life.required("after a power cut", new Life(new Disk(image, 2), life.ledger()).read());
      }
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new Violation(otherwise);
    }
  }

  /** An event, and the answer to it. */
  private static final class Attempt {
    private final boolean unsettled;
    private final Try<Either<Rejection, UpdateState>> answer;
    private final boolean renamed;
    private final Option<Outcome> outcome;

    Attempt(Life life) {
      unsettled = life.isMarked();
      final UpdateState before = seen(life);
      int begin = life.process.operations().size();
      answer = Try.of(life.isUnanswered() ? life::resend : life::event);
      List<Operation> operations = life.process.operations();
      renamed = operations.subList(begin, operations.size()).stream()
          .anyMatch(operation -> operation.kind() == Kind.RENAME);
      outcome = answer.isSuccess() ? Life.outcome(answer.get()) : Option.none();
      requireHonesty(life, before);
    }

    private void requireHonesty(Life life, UpdateState before) {
      UpdateState seen = seen(life);
      if (answer.isSuccess() && answer.get().isRight()) {
        require(answer.get().get().equals(seen), "accepted, and a reader sees " + seen);
      } else if (outcome.contains(Outcome.UNKNOWN)) {
        require(renamed || unsettled, "unknown, and nothing was renamed");
      } else if (answer.isSuccess() || !renamed) {
        require(seen.equals(before), "refused, and a reader sees " + seen);
      }
    }

    private static UpdateState seen(Life life) {
      Life reader = new Life(life.process.disk(), life.ledger());
      return Life.required("a reader", reader.read()).state();
    }

    private void requireOnlyWhatExplainsIt(List<Fault> faults) {
      answer
          .failed()
          .forEach(thrown -> require(thrown instanceof InjectedError, "thrown: " + thrown));
      require(
          Thread.currentThread().isInterrupted()
              == faults.stream().anyMatch(Interrupt.class::isInstance),
          "lost or made an interrupt");
      List<IoFault> refusals = faults.stream()
          .filter(IoFault.class::isInstance)
          .map(IoFault.class::cast)
          .toList();
      if (answer.isSuccess() && answer.get().isLeft()) {
        requireClarity(answer.get().getLeft().message(), refusals);
      }
    }

    private void requireClarity(String message, List<IoFault> refusals) {
      require(!refusals.isEmpty(), "refused without a reason: " + message);
      require(message.startsWith("/var") && message.lines().count() == 1, message);
      String reason = refusals.get(0).reason().substring(1);
      require(refusals.size() > 1 || message.contains(reason), "does not say why: " + message);
    }
  }
}

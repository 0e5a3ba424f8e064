package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.persist.StateFile.Repair;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.vavr.control.Either;
import io.vavr.control.Option;
import io.vavr.control.Try;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each operation of a repair fails in turn, and the invalid file is never lost. */
final class RepairFaultTest {
  private static final Image.Directory INVALID =
      Life.holding(Map.of("state.json", Image.file(Life.BROKEN.getBytes(UTF_8))));

  @Test
  void aRepairLosesNothingOfTheInvalidFileAndSaysWhereItIs() {
    int operation = 0;
    while (repairs(operation)) {
      operation++;
    }
    assertThat(operation).isGreaterThan(30);
  }

  /** Repairs under each fault at one operation; false where there are fewer. */
  private static boolean repairs(int index) {
    int operations = 0;
    for (Fault fault : FaultSweep.ALL) {
      operations = repair(index, fault);
    }
    return index < operations;
  }

  private static int repair(int index, Fault fault) {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(operation -> operation.index() == index ? fault : null);
    Try<Either<StoreFailure, Option<Repair>>> answer = Try.of(life::repair);
    final int operations = life.process.operations().size();
    String where = "%s at %s".formatted(fault, life.process.operations());
    assertThat(Thread.interrupted())
        .as(where)
        .isEqualTo(
            life.process.injectedFaults().stream().anyMatch(Fault.Interrupt.class::isInstance));
    life.process.injectFaults(operation -> null);
    answer.peek(said -> assertHonest(said, life, where));
    assertThat(answer.isSuccess() || fault instanceof Fault.ErrorFault)
        .as(where)
        .isTrue();
    assertKept(life, where);
    life.recover();
    assertKept(life, where);
    life.process.end();
    return operations;
  }

  private static void assertHonest(
      Either<StoreFailure, Option<Repair>> answer, Life life, String where) {
    boolean inPlace = Option.of(life.stateFile())
        .exists(file -> file instanceof Image.Plain plain && plain.content().equals(Life.BROKEN));
    if (answer.isRight()) {
      assertThat(Life.required(where, life.read()).state().revision()).isZero();
      assertThat(names(life))
          .as(where)
          .contains(String.valueOf(answer.get().get().aside().get().getFileName()));
    } else if (!inPlace) {
      String message = answer.getLeft().message();
      assertThat(message).as(where).contains("; the invalid file is now " + Life.DIRECTORY);
      assertThat(names(life)).as(where).anyMatch(message::contains);
    }
  }

  private static Iterable<String> names(Life life) {
    return Life.entries(life.process.disk().visible()).keySet().stream()
        .filter(name -> name.contains("corrupt"))
        .toList();
  }

  /** Checks that the invalid file is in everything that a power cut can leave now. */
  private static void assertKept(Life life, String where) {
    assertThat(life.process.disk().possibleAfterPowerLoss())
        .as(where)
        .allMatch(image -> Life.entries(image).values().stream()
            .anyMatch(
                entry -> entry instanceof Image.Plain file && file.content().equals(Life.BROKEN)));
  }

  private static final IoFault FULL = new IoFault("No space left on device", false);

  private static boolean creates(Operation operation) {
    return operation.kind() == Kind.CREATE && operation.path().endsWith(".tmp");
  }

  private static String message(Life life) {
    String message = life.repair().getLeft().message();
    life.process.injectFaults(operation -> null);
    return message;
  }

  @Test
  void theInvalidFileHasItsOneNameIfTheFreshOneCannotBeWritten() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(operation -> creates(operation) ? FULL : null);
    assertThat(message(life))
        .isEqualTo(
            Life.FILE + ": cannot be written: no space left on device; the old state is kept");
    assertThat(life.stateFile()).isEqualTo(Image.file(Life.BROKEN.getBytes(UTF_8)));
    assertThat(names(life)).isEmpty();
  }

  /** An immutable file has no second name, and no repair may leave one more copy of it. */
  @Test
  void anInvalidFileThatTheKernelProtectsIsNotCopiedAtEachRepair() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(
        operation -> operation.kind() == Kind.LINK || operation.kind() == Kind.RENAME
            ? new IoFault("Operation not permitted", false)
            : null);
    assertThat(message(life)).contains("lsattr").endsWith("; the old state is kept");
    assertThat(life.stateFile()).isEqualTo(Image.file(Life.BROKEN.getBytes(UTF_8)));
    assertThat(names(life)).isEmpty();
  }

  @Test
  void theInvalidFileIsCopiedIfThereAreNoHardLinks() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(RepairFaultTest::noHardLinks);
    Repair repair = Life.required("repair", life.repair()).get();
    assertThat(repair.message())
        .isEqualTo("the invalid file is kept as " + repair.aside().get());
    assertKept(life, "a copy");
    life.recover();
  }

  @Test
  void theCopyIsKeptIfTheFreshFileIsNotKnownToBeDurable() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    boolean[] renamed = {false};
    life.process.injectFaults(operation -> {
      renamed[0] |= operation.kind() == Kind.RENAME && !operation.path().contains(".corrupt-");
      return renamed[0] && operation.kind() == Kind.SYNC_DIRECTORY ? FULL : noHardLinks(operation);
    });
    assertThat(message(life))
        .contains("; the invalid file is kept as " + Life.FILE + ".corrupt-", " is unknown");
    assertThat(names(life)).hasSize(1);
    assertKept(life, "a copy");
  }

  @Test
  void theFileIsRepairedEvenIfItCannotBeReadForACopy() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    boolean[] refused = {false};
    life.process.injectFaults(operation -> {
      refused[0] |= operation.kind() == Kind.LINK;
      return refused[0] && operation.path().equals(Life.FILE) && operation.kind() == Kind.OPEN
          ? FULL
          : noHardLinks(operation);
    });
    Repair repair = Life.required("repair", life.repair()).get();
    assertThat(repair.aside()).isEmpty();
    assertThat(repair.message())
        .startsWith("the invalid file is not kept: " + Life.FILE + ".corrupt-")
        .contains(": no space left on device;");
    life.process.injectFaults(operation -> null);
    assertThat(Life.required("read", life.read()).state().revision()).isZero();
  }

  private static @Nullable Fault noHardLinks(Operation operation) {
    return operation.kind() == Kind.LINK ? new IoFault("Operation not permitted", false) : null;
  }

  /** A copy that only a person reads must not cost the device its updates. */
  @Test
  void theFileIsRepairedEvenIfThereIsNoRoomForACopy() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(
        operation -> operation.kind() == Kind.WRITE && operation.path().contains("corrupt")
            ? FULL
            : noHardLinks(operation));
    Repair repair = Life.required("repair", life.repair()).get();
    assertThat(repair.aside()).isEmpty();
    assertThat(repair.message())
        .startsWith("the invalid file is not kept: " + Life.FILE + ".corrupt-")
        .contains(": cannot be written: no space left on device;")
        .endsWith("; all versions that were rolled back and could be read are kept");
    assertThat(names(life)).isEmpty();
    assertThat(Life.required("read", life.read()).state().revision()).isZero();
  }

  @Test
  void theCopyIsGivenUpIfItLeavesNoRoomForTheFreshFile() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(operation -> operation.kind() == Kind.WRITE
            && operation.path().contains("/.state.json.")
            && !operation.path().contains("corrupt")
            && names(life).iterator().hasNext()
        ? FULL
        : noHardLinks(operation));
    Repair repair = Life.required("repair", life.repair()).get();
    assertThat(repair.aside()).isEmpty();
    assertThat(repair.message()).contains("no space left on device");
    assertThat(names(life)).isEmpty();
    assertThat(Life.required("read", life.read()).state().revision()).isZero();
  }

  /** A broken entry of a directory gives a file any size; the copy must not need as much space. */
  @Test
  void onlyTheFirstMebibyteIsCopiedIfThereAreNoHardLinks() {
    byte[] large = new byte[3 * StateReader.MAX_BYTES];
    Life life =
        new Life(new Disk(Life.holding(Map.of("state.json", Image.file(large)))), Ledger.BROKEN);
    life.process.injectFaults(RepairFaultTest::noHardLinks);
    Repair repair = Life.required("repair", life.repair()).get();
    assertThat(repair.message())
        .isEqualTo(
            "the first MiB of the invalid file is kept as " + repair.aside().get());
    String name = String.valueOf(repair.aside().get().getFileName());
    assertThat(Life.entries(life.process.disk().visible()).get(name))
        .isEqualTo(Image.file(new byte[StateReader.MAX_BYTES]));
  }

  @Test
  void aRepairOfUnknownOutcomeIsDurableWhenItIsRepeated() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(operation -> operation.kind() == Kind.SYNC_DIRECTORY
            && life.process.operations().stream().anyMatch(RepairFaultTest::creates)
        ? FULL
        : null);
    assertThat(message(life)).contains(" is unknown");
    assertThat(Life.required("repair", life.repair())).isEmpty();
    assertThat(life.process.disk().possibleAfterPowerLoss())
        .extracting(image -> Life.entries(image).get("state.json"))
        .containsOnly(life.stateFile());
    assertKept(life, "repeated");
  }

  @Test
  void leavesTheFreshFileInPlaceIfItIsNotKnownToBeDurable() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(operation -> operation.kind() == Kind.SYNC_DIRECTORY
            && life.process.operations().stream().anyMatch(RepairFaultTest::creates)
        ? FULL
        : null);
    assertThat(message(life))
        .contains(names(life))
        .contains("; the invalid file is now ", " is unknown: change nothing outside");
    assertThat(Life.required("read", life.read()).state().revision()).isZero();
  }

  @Test
  void theSecondNameIsUsedAgainByTheNextRepair() {
    Life life = new Life(new Disk(INVALID), Ledger.BROKEN);
    life.process.injectFaults(operation ->
        operation.kind() == Kind.RENAME ? new IoFault("Input/output error", false) : null);
    for (int round = 0; round < 3; round++) {
      assertThat(life.repair().getLeft().message()).contains("; the invalid file is now ");
      assertThat(names(life)).hasSize(1);
    }
    life.process.injectFaults(operation -> null);
    Life.required("repair", life.repair());
    assertThat(names(life)).hasSize(1);
    assertKept(life, "repaired");
  }

  @Test
  void aFileThatCannotBeReadIsNoInvalidFile() {
    Life life = new Life(new Disk(Life.at(4)), Ledger.at(4));
    life.process.injectFaults(operation ->
        operation.path().equals(Life.FILE) ? new IoFault("Input/output error", false) : null);
    assertThat(life.repair().getLeft().message())
        .isEqualTo(Life.FILE + ": cannot be read: input/output error");
    life.process.injectFaults(operation -> null);
    assertThat(Life.required("read", life.read()).state().revision()).isEqualTo(4);
  }
}

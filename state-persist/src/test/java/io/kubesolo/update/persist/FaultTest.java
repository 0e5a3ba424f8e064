package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore.Session;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.FaultyFileSystem.Call;
import io.kubesolo.update.persist.FaultyFileSystem.Kind;
import io.kubesolo.update.persist.Rig.What;
import io.kubesolo.update.persist.Rig.When;
import io.vavr.control.Either;
import io.vavr.control.Option;
import io.vavr.control.Try;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each operation of the file system fails in its turn, and what is then said of the file is so. */
final class FaultTest {
  private static final String STALE = ".state.json.dead.tmp";

  @TempDir
  private Path directory = Path.of("");

  private Rig existing(String name) throws IOException {
    Rig rig = Rig.in(Files.createDirectory(directory.resolve(name)));
    Files.writeString(rig.device().directory().resolve(STALE), "dead");
    rig.device().holding(Device.WHOLE);
    return rig;
  }

  private Rig missing(String name) throws IOException {
    return Rig.in(Files.createDirectory(directory.resolve(name)).resolve("a/b"));
  }

  @ParameterizedTest
  @CsvSource({
    "true, BEFORE, IO",
    "true, AFTER, IO",
    "true, FROM_THEN_ON, IO",
    "true, BEFORE, ERROR",
    "true, AFTER, ERROR",
    "false, BEFORE, IO",
    "false, AFTER, IO",
    "false, FROM_THEN_ON, IO",
    "false, BEFORE, ERROR"
  })
  void anEventIsOldBeforeTheRenameAndUnknownFromItOn(boolean exists, When when, What what)
      throws IOException {
    int number = 1;
    while (strike(exists ? existing("n" + number) : missing("n" + number), number, when, what)) {
      number++;
    }
    assertThat(number).isGreaterThan(20);
  }

  /** Sends one event, of which one operation fails; false where the event has fewer. */
  private static boolean strike(Rig rig, int number, When when, What what) throws IOException {
    String old = rig.text();
    rig.system().arm(Rig.at(number, when, what));
    Try<Either<Rejection, UpdateState>> answer = Try.of(rig::send);
    List<Call> calls = rig.system().calls();
    String where = when + " " + number + " of " + calls;
    final boolean struck = calls.size() >= number;
    boolean renamed = rig.count(Kind.RENAME) > 0;
    boolean released =
        calls.get(Math.min(number, calls.size()) - 1).path().equals(rig.device().lock());
    boolean litter = when == When.FROM_THEN_ON || rig.count(Kind.DELETE) > 1;
    rig.system().arm(FaultyFileSystem.NONE);
    assertThat(rig.file().read().isRight()).as(where).isTrue();
    assertThat(litter ? List.of() : rig.litter()).as(where).isSubsetOf(STALE);
    if (answer.isFailure()) {
      assertThat(answer.getCause()).as(where).isExactlyInstanceOf(Error.class);
      assertThat(renamed ? old : rig.text()).as(where).isEqualTo(old);
    } else if (answer.get().isRight()) {
      assertThat(rig.device().state()).as(where).isEqualTo(answer.get().get());
    } else if (renamed) {
      assertThat(Rig.outcome(answer.get())).as(where).contains(Outcome.UNKNOWN);
    } else {
      assertThat(Rig.outcome(answer.get()).getOrElse(Outcome.OLD)).as(where).isEqualTo(Outcome.OLD);
      assertThat(rig.text()).as(where).isEqualTo(old);
    }
    boolean durable = answer.isSuccess() ? answer.get().isRight() : renamed && released;
    goesOn(
        rig, where, renamed && !durable ? 2 : 1, durable || (answer.isSuccess() && !renamed) ? 1 : 2);
    return struck;
  }

  /** The next event is written on top of what can be read, in so many renames. */
  private static void goesOn(Rig rig, String where, long least, long most) {
    rig.system().arm(FaultyFileSystem.NONE);
    long before = rig.device().state().revision();
    assertThat(rig.send().get().revision()).as(where).isEqualTo(before + 1);
    assertThat(rig.count(Kind.RENAME)).as(where).isBetween(least, most);
    assertThat(rig.device().state().revision()).as(where).isEqualTo(before + 1);
    assertThat(rig.litter()).as(where).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"BEFORE, IO", "AFTER, IO", "FROM_THEN_ON, IO", "BEFORE, ERROR"})
  void anUnsettledStateStaysUnknownUntilItIsWrittenAnew(When when, What what) throws IOException {
    int number = 0;
    boolean struck = true;
    while (struck) {
      number++;
      Rig rig = existing("n" + number).unsettled();
      final String old = rig.text();
      rig.system().arm(Rig.at(number, when, what));
      Try<Either<Rejection, UpdateState>> answer = Try.of(rig::send);
      String where = when + " " + number + " of " + rig.system().calls();
      struck = rig.system().calls().size() >= number;
      long renames = rig.count(Kind.RENAME);
      boolean wroteAnew = rig.count(Kind.LIST) > 1;
      boolean began = rig.count(Kind.LIST) > 0;
      rig.system().arm(FaultyFileSystem.NONE);
      if (renames < 2 && (answer.isFailure() || answer.get().isLeft())) {
        assertThat(rig.text()).as(where).isEqualTo(old);
      }
      if (answer.isSuccess() && answer.get().isLeft() && began) {
        boolean unknown = Rig.outcome(answer.get()).contains(Outcome.UNKNOWN);
        assertThat(unknown).as(where).isEqualTo(!wroteAnew || renames > 1);
        goesOn(rig, where, unknown ? 2 : 1, unknown ? 2 : 1);
      } else if (answer.isSuccess() && answer.get().isRight()) {
        goesOn(rig, where, 1, 1);
      } else {
        goesOn(rig, where, 1, 2);
      }
    }
    assertThat(number).isGreaterThan(30);
  }

  @Test
  void anUnsettledStateIsKnownToEveryPathAndObjectOfIt() throws IOException {
    Rig rig = existing("a").unsettled();
    Path linked =
        Files.createSymbolicLink(directory.resolve("link"), rig.device().directory());
    StateFile other =
        new StateFile(rig.system().path(linked.resolve("state.json")), Device.CLOCK, Device.SHORT);
    rig.system().arm(FaultyFileSystem.NONE);
    assertThat(Device.persist(other, Device::counted).get().revision()).isEqualTo(9);
    assertThat(rig.count(Kind.RENAME)).isEqualTo(2);
    goesOn(rig, "then", 1, 1);
  }

  @Test
  void anUnsettledStateIsWrittenAnewToTheByteEvenForWorkThatIsRejected() throws IOException {
    Rig rig = existing("a").unsettled();
    final String text = rig.text();
    Rejection no = new NotPersisted("x", "y", Outcome.OLD);
    rig.system().arm(FaultyFileSystem.NONE);
    assertThat(rig.file().exclusively(session -> Either.left(no))).isEqualTo(Either.left(no));
    assertThat(rig.count(Kind.RENAME)).isEqualTo(1);
    assertThat(rig.text()).isEqualTo(text);
    goesOn(rig, "then", 1, 1);
  }

  @Test
  void aSecondTryWithinTheSameWorkStaysUnknownWhereItFailsBeforeItsRename() throws IOException {
    Rig rig = existing("a");
    rig.system().arm(Rig.first(Kind.SYNC, rig.device().directory()));
    Either<Rejection, UpdateState> answer = rig.file().exclusively(session -> {
      assertThat(Rig.outcome(persist(session))).contains(Outcome.UNKNOWN);
      rig.system().arm(Rig.first(Kind.OPEN, rig.device().directory()));
      return Either.narrow(persist(session));
    });
    assertThat(Rig.outcome(answer)).contains(Outcome.UNKNOWN);
    goesOn(rig, "then", 2, 2);
  }

  private static Either<NotPersisted, UpdateState> persist(Session session) {
    UpdateState before = session.loaded().state();
    return session.persist(new Transition(before, new UpdateEvent.Check(), Device.counted(before)));
  }

  @Test
  void aDirectoryThatCannotBeSyncedIsRefusedAtOpen() throws IOException {
    Rig rig = existing("a");
    rig.system().arm(Rig.first(Kind.SYNC, rig.device().directory()));
    assertThat(rig.file().open())
        .isEqualTo(Either.left(new NotPersisted(
            rig.device().directory().toString(),
            "the directory cannot be synced: input/output error",
            Outcome.OLD)));
    assertThat(rig.text()).isEqualTo(Device.WHOLE);
  }

  @ParameterizedTest
  @CsvSource({"BEFORE", "AFTER", "FROM_THEN_ON"})
  void aRepairLosesNothingOfTheInvalidFile(When when) throws IOException {
    int number = 0;
    boolean struck = true;
    while (struck) {
      number++;
      Rig rig = existing("n" + number);
      rig.device().holding("broken");
      rig.system().arm(Rig.at(number, when, What.IO));
      Either<?, Option<Path>> answer = rig.file().repair();
      String where = when + " " + number + " of " + rig.system().calls();
      struck = rig.system().calls().size() >= number;
      rig.system().arm(FaultyFileSystem.NONE);
      assertThat(contents(rig)).as(where).contains("broken");
      boolean there = rig.text().equals("broken");
      if (answer.isRight()) {
        assertThat(rig.device().state().revision()).as(where).isZero();
      } else if (!there) {
        assertThat(answer.getLeft().toString())
            .as(where)
            .containsAnyOf("; the invalid file is now ", "cannot be moved aside");
      }
      assertThat(rig.file().repair().get().isDefined()).as(where).isEqualTo(there);
      assertThat(contents(rig)).as(where).contains("broken");
      goesOn(rig, where, 1, 2);
    }
    assertThat(number).isGreaterThan(20);
  }

  private static List<String> contents(Rig rig) throws IOException {
    try (var entries = Files.list(rig.device().directory())) {
      return entries.map(path -> Try.of(() -> Files.readString(path)).get()).toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void anInterruptAtAnyOperationLosesNeitherTheEventNorItself(boolean after) throws IOException {
    int number = 0;
    boolean struck = true;
    while (struck) {
      number++;
      int present = number;
      Rig rig = existing("n" + number);
      Thread sender = Thread.currentThread();
      AtomicBoolean interrupted = new AtomicBoolean();
      rig.system().arm((call, done) -> {
        if (done == after && rig.system().calls().size() == present) {
          interrupted.set(true);
          sender.interrupt();
        }
      });
      assertThat(rig.send().get().revision()).isEqualTo(8);
      struck = rig.system().calls().size() >= number;
      assertThat(Thread.interrupted()).isEqualTo(interrupted.get());
      assertThat(rig.device().state().revision()).isEqualTo(8);
      assertThat(rig.litter()).isEmpty();
    }
    assertThat(number).isGreaterThan(20);
  }

  @Test
  void anErrorInTheWorkItselfReachesTheCaller() throws IOException {
    Rig rig = existing("a");
    assertThatThrownBy(() -> rig.file().<UpdateState>exclusively(session -> {
          throw new Error("planted");
        }))
        .isExactlyInstanceOf(Error.class);
    goesOn(rig, "then", 1, 1);
  }

  @Test
  void shortWritesAddUpToTheWhole() throws IOException {
    Rig rig = existing("a");
    rig.system().shortenWrites(7);
    rig.system().arm(FaultyFileSystem.NONE);
    assertThat(rig.send().get()).isEqualTo(rig.device().state());
    assertThat(rig.count(Kind.WRITE)).isGreaterThan(50);
  }
}

package io.kubesolo.update.persist;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.StateFile.Repair;
import io.kubesolo.update.persist.disk.CrashStates.Run;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One process that works on the state, and a record of the answers that it got. */
final class Life {
  static final String DIRECTORY = "/var/lib/kubesolo/update";
  static final String FILE = DIRECTORY + "/state.json";

  /** A version that an invalid file says was rolled back. */
  static final String ROLLED_BACK = "v9";

  /** The content of an invalid file. */
  static final String BROKEN = "{\"rolled_back_versions\": [\"" + ROLLED_BACK + "\"], broken";

  private static final Pattern UNIQUE = Pattern.compile("\\.state\\.json\\.[0-9a-f]{16}\\.tmp");

  private static final Pattern TEMPORARY = Pattern.compile(
      "\\.state\\.json\\..*\\.tmp|state\\.json(\\.outcome)?\\.tmp|state\\.json\\.outcome");

  final SimulatedProcess process;
  private final Run<Ledger> run;
  private final StateFile store;
  private final int boot;

  Life(Disk disk, Ledger ledger) {
    this(new Run<>(disk, ledger));
  }

  /**
   * Creates a process that does not wait for locks, because in a simulation none is released while
   * it waits.
   */
  Life(Run<Ledger> run) {
    this.run = run;
    this.process = run.process();
    this.boot = process.disk().boot();
    this.store = new StateFile(process.path(FILE), Device.CLOCK, Duration.ZERO, this::boot);
  }

  /** Returns the boot in which this process runs. */
  Option<Boot> boot() {
    return Option.some(new Boot("boot " + boot, Duration.ofSeconds(1)));
  }

  Ledger ledger() {
    return run.acknowledged();
  }

  /** Returns what a reader sees in the place of the state file; nothing where it is missing. */
  @Nullable
  Image stateFile() {
    return entries(process.disk().visible()).get("state.json");
  }

  /** Opens the file; the state that it answers counts as acknowledged. */
  Either<StoreFailure, Loaded> open() {
    return store.open().peek(loaded -> {
      UpdateState state = ledger().requireLegal("open", loaded.state());
      run.acknowledge(ledger().acknowledging(state.revision()));
    });
  }

  Either<StoreFailure, Loaded> read() {
    return store.read().peek(loaded -> ledger().requireLegal("read", loaded.state()));
  }

  /** Sends the next event of the legal path. */
  Either<Rejection, UpdateState> event() {
    return answered(store.exclusively(this::next));
  }

  private Either<Rejection, UpdateState> next(Loaded loaded, PersistListener persistListener) {
    UpdateState before = ledger().requireLegal("lock", loaded.state());
    run.acknowledge(ledger().issuing(before.revision() + 1, process.disk().boot()));
    return Either.narrow(persistListener.onAccepted(ledger().kept(LegalPath.after(before))));
  }

  /** Returns whether the outcome of the last event is unknown to its sender. */
  boolean isUnanswered() {
    return ledger().unanswered() > 0;
  }

  /** Sends the event that was not answered again. */
  Either<Rejection, UpdateState> resend() {
    return answered(store.exclusively(this::again));
  }

  private Either<Rejection, UpdateState> again(Loaded loaded, PersistListener persistListener) {
    UpdateState stored = ledger().requireLegal("lock", loaded.state());
    boolean made = stored.revision() == ledger().unanswered();
    Transition last = LegalPath.to(ledger().unanswered());
    Option<Either<Rejection, UpdateState>> known =
        persistListener.onResent(last.event()).map(Either::narrow);
    if (known.isDefined() && !(made && ledger().boot() == process.disk().boot())) {
      throw new Violation("invented: an answer to " + last.event() + " at " + stored);
    }
    if (known.isEmpty()
        && made
        && ledger().owed()
        && ledger().boot() == process.disk().boot()) {
      throw new Violation("forgotten: " + last.event() + " is at " + stored);
    }
    return known.getOrElse(() -> made
        ? Either.right(stored)
        : Either.narrow(persistListener.onAccepted(ledger().kept(last))));
  }

  private Either<Rejection, UpdateState> answered(Either<Rejection, UpdateState> answer) {
    if (answer.isRight()) {
      run.acknowledge(ledger().acknowledging(answer.get().revision()).answered());
    } else if (outcome(answer).contains(Outcome.UNKNOWN)) {
      run.acknowledge(ledger().owing());
    } else if (outcome(answer).contains(Outcome.OLD) && !ledger().owed()) {
      run.acknowledge(ledger().answered());
    }
    return answer;
  }

  /** Checks that no event is answered as accepted twice. */
  void requireForgotten(long revision) {
    Life other = new Life(process.disk(), ledger());
    Either<Rejection, UpdateState> answer =
        other.store.exclusively((loaded, persistListener) -> persistListener
            .onResent(LegalPath.to(revision).event())
            .map(Either::<Rejection, UpdateState>narrow)
            .getOrElse(() -> Either.left(new NotPersisted(FILE, "not known", Outcome.OLD))));
    if (answer.isRight()) {
      throw new Violation("answered twice: revision " + revision);
    }
  }

  /** Writes the next event like a program that syncs no directory. */
  void unsyncedEvent() {
    UpdateState next = LegalPath.after(store.read().get().state()).after();
    run.acknowledge(ledger().issuing(next.revision(), process.disk().boot()).answered());
    Path temporary = process.path(DIRECTORY + "/other");
    try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
      channel.write(ByteBuffer.wrap(StateJson.encode(next)));
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Files.move(temporary, process.path(FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends an event that the state does not allow; its sender then knows that state. */
  void refusedEvent() {
    AtomicLong met = new AtomicLong();
    Rejection refusal = new NotPersisted(FILE, "not allowed", Outcome.OLD);
    Either<Rejection, UpdateState> answer = store.exclusively((loaded, persistListener) -> {
      met.set(ledger().requireLegal("lock", loaded.state()).revision());
      return Either.left(refusal);
    });
    if (!answer.equals(Either.left(refusal))) {
      throw new Violation("unreadable: " + answer);
    }
    run.acknowledge(ledger().acknowledging(met.get()));
  }

  Either<StoreFailure, Option<Repair>> repair() {
    return store.repair().peek(aside -> run.acknowledge(ledger().acknowledging(0)));
  }

  /**
   * Does what a device does after each start: opens, repairs if it must, reads, sends again what
   * was not answered, and sends one more event.
   */
  void recover() {
    Either<StoreFailure, Loaded> opened = open();
    if (!ledger().repaired() && opened.isLeft() && isRepairable(opened.getLeft())) {
      repair().getOrElseThrow(failure -> new Violation("repair: " + failure.message()));
      opened = open();
    }
    UpdateState first = required("open", opened).state();
    if (!required("read", read()).state().equals(first)) {
      throw new Violation("read differs from open");
    }
    if (isUnanswered()) {
      long revision = ledger().unanswered();
      required("resend", resend());
      requireForgotten(revision);
    }
    required("event", event());
    requireTidy();
    if (ledger().broken()) {
      requireKept();
    }
  }

  /** Returns whether a mark of unknown outcomes is on the disk. */
  boolean isMarked() {
    return entries(process.disk().visible()).containsKey("state.json.outcome");
  }

  /** Checks that no writer has left a temporary file or a mark, neither its own nor another's. */
  void requireTidy() {
    for (String name : entries(process.disk().visible()).keySet()) {
      if (TEMPORARY.matcher(name).matches()) {
        throw new Violation("litter: " + name);
      }
    }
  }

  /** Checks that the invalid file exists, in its place or aside. */
  private void requireKept() {
    if (entries(process.disk().visible()).values().stream()
        .noneMatch(entry -> entry instanceof Image.Plain file && file.content().equals(BROKEN))) {
      throw new Violation("lost: the invalid file");
    }
  }

  /** Returns the outcome that a failed write names; none if the answer is another. */
  static Option<Outcome> outcome(Either<? extends Rejection, ?> answer) {
    return answer.isLeft() && answer.getLeft() instanceof NotPersisted failure
        ? Option.some(failure.outcome())
        : Option.none();
  }

  private static boolean isRepairable(StoreFailure failure) {
    return failure instanceof Unreadable unreadable && unreadable.repairable();
  }

  static <T> T required(String what, Either<? extends Rejection, T> answer) {
    return answer.getOrElseThrow(
        rejection -> new Violation("unreadable: " + what + ": " + rejection.message()));
  }

  /**
   * Returns a disk as it is to each process that starts from it: the random part of a temporary name makes no
   * difference, what is left of a mark that was being replaced is deleted unread, and a mark of which
   * anything is missing is as good as an empty one.
   */
  static Image canonical(Image disk) {
    Option<Image> update = disk.at(DIRECTORY);
    if (!(update.getOrNull() instanceof Image.Directory directory)) {
      return disk;
    }
    Map<String, Image> entries = new TreeMap<>();
    List<Image> temporary = new ArrayList<>();
    directory.entries().forEach((name, entry) -> {
      if (UNIQUE.matcher(name).matches()) {
        temporary.add(entry);
      } else if (name.equals("state.json.outcome")) {
        entries.put(name, wholeOrEmpty(entry));
      } else if (!name.equals("state.json.outcome.tmp")) {
        entries.put(name, entry);
      }
    });
    temporary.sort(Comparator.comparing(Image::toString));
    temporary.forEach(entry -> entries.put("unique " + entries.size(), entry));
    Image.Directory known = new Image.Directory(entries, directory.mode());
    return ((Image.Directory) disk).with(DIRECTORY, known);
  }

  private static Image wholeOrEmpty(Image image) {
    return image instanceof Image.Plain file && !file.content().endsWith("\nend\n")
        ? new Image.Plain("", file.mode())
        : image;
  }

  /** Returns a disk with a file of the state directory, and whatever else is in there. */
  static Image.Directory holding(Map<String, Image> entries) {
    Image.Directory disk = bare().with(DIRECTORY, Image.empty());
    for (Map.Entry<String, Image> entry : new TreeMap<>(entries).entrySet()) {
      disk = disk.with(DIRECTORY + "/" + entry.getKey(), entry.getValue());
    }
    return disk;
  }

  /** Returns a disk with no state directory yet. */
  static Image.Directory bare() {
    return Image.empty().with("/var/lib", Image.empty());
  }

  /** Returns a disk at a revision. */
  static Image.Directory at(long revision) {
    return holding(Map.of("state.json", Image.file(StateJson.encode(LegalPath.at(revision)))));
  }

  /** Returns what is in the state directory of a disk. */
  static Map<String, Image> entries(Image disk) {
    return disk.at(DIRECTORY).getOrNull() instanceof Image.Directory directory
        ? directory.entries()
        : Map.of();
  }
}

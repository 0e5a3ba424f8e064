package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One process at work on the state, and the books kept of what it was told. */
final class Life {
  static final String DIRECTORY = "/var/lib/kubesolo/update";
  static final String FILE = DIRECTORY + "/state.json";

  /** The content of an invalid file. */
  static final String BROKEN = "broken";

  private static final Pattern TEMPORARY =
      Pattern.compile("\\.state\\.json\\..*\\.tmp|state\\.json\\.tmp");

  final SimulatedProcess process;
  private final StateFile store;
  private Ledger ledger;
  private @Nullable Ledger seen;
  private long generation;

  /** Nobody in a simulation lets a lock go while another waits for it, so nobody waits. */
  Life(Disk disk, Ledger ledger) {
    this.process = new SimulatedProcess(disk);
    this.store = new StateFile(process.path(FILE), Device.CLOCK, Duration.ZERO);
    this.ledger = ledger;
  }

  Ledger ledger() {
    return ledger;
  }

  /** What a reader sees in the place of the state file; nothing where it is missing. */
  @Nullable
  Image stateFile() {
    return entries(process.disk().seen()).get("state.json");
  }

  /** Whether a power cut may leave anything else than at the last time this was asked. */
  boolean hasChanged() {
    long now = process.disk().generation();
    boolean changed = now != generation || !ledger.equals(seen);
    generation = now;
    seen = ledger;
    return changed;
  }

  /** A start, after which what it answered is as good as acknowledged. */
  Either<StoreFailure, Loaded> open() {
    return store.open().peek(loaded -> {
      UpdateState state = ledger.requireLegal("open", loaded.state());
      ledger = ledger.acknowledging(state.revision());
    });
  }

  Either<StoreFailure, Loaded> read() {
    return store.read().peek(loaded -> ledger.requireLegal("read", loaded.state()));
  }

  /** The next event of the legal path. */
  Either<Rejection, UpdateState> event() {
    return store.exclusively(this::next).peek(state -> {
      ledger = ledger.acknowledging(state.revision());
    });
  }

  private Either<Rejection, UpdateState> next(Loaded loaded, PersistListener persistListener) {
    UpdateState before = ledger.requireLegal("lock", loaded.state());
    ledger = ledger.issuing(before.revision() + 1);
    return Either.narrow(persistListener.onAccepted(LegalPath.after(before)));
  }

  /** An event that the state does not allow; who sent it learns which state that is. */
  void refusedEvent() {
    AtomicLong met = new AtomicLong();
    Rejection refusal = new NotPersisted(FILE, "not allowed", Outcome.OLD);
    Either<Rejection, UpdateState> answer = store.exclusively((loaded, persistListener) -> {
      met.set(ledger.requireLegal("lock", loaded.state()).revision());
      return Either.left(refusal);
    });
    if (!answer.equals(Either.left(refusal))) {
      throw new Violation("unreadable: " + answer);
    }
    ledger = ledger.acknowledging(met.get());
  }

  Either<StoreFailure, Option<Path>> repair() {
    return store.repair().peek(aside -> ledger = ledger.acknowledging(0));
  }

  /** What a device does after each start: open, repair if it must, read, one more event. */
  void recover() {
    Either<StoreFailure, Loaded> opened = open();
    if (!ledger.repaired() && opened.isLeft() && isRepairable(opened.getLeft())) {
      repair().getOrElseThrow(failure -> new Violation("repair: " + failure.message()));
      opened = open();
    }
    UpdateState first = required("open", opened).state();
    if (!required("read", read()).state().equals(first)) {
      throw new Violation("read differs from open");
    }
    required("event", event());
    requireTidy();
    if (ledger.broken()) {
      requireKept();
    }
  }

  /** No writer leaves a temporary file behind, its own or another's. */
  void requireTidy() {
    for (String name : entries(process.disk().seen()).keySet()) {
      if (TEMPORARY.matcher(name).matches()) {
        throw new Violation("litter: " + name);
      }
    }
  }

  /** An invalid file is somewhere, in its place or aside. */
  private void requireKept() {
    if (entries(process.disk().seen()).values().stream()
        .noneMatch(entry -> entry instanceof Image.Plain file && file.content().equals(BROKEN))) {
      throw new Violation("lost: the invalid file");
    }
  }

  /** The outcome that a failed write names; none where the answer is another. */
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

  /** A disk with a file of the state directory, and whatever else is in there. */
  static Image.Directory holding(Map<String, Image> entries) {
    Image.Directory update = Image.empty();
    for (Map.Entry<String, Image> entry : new TreeMap<>(entries).entrySet()) {
      update = update.with(entry.getKey(), entry.getValue());
    }
    return bare(Image.empty().with("kubesolo", Image.empty().with("update", update)));
  }

  /** A disk with no state directory yet. */
  static Image.Directory bare() {
    return bare(Image.empty());
  }

  private static Image.Directory bare(Image lib) {
    return Image.empty().with("var", Image.empty().with("lib", lib));
  }

  /** A disk at a revision. */
  static Image.Directory at(long revision) {
    return holding(Map.of("state.json", file(StateJson.encode(LegalPath.at(revision)))));
  }

  static Image.Plain file(byte[] bytes) {
    String content = new String(bytes, ISO_8859_1);
    return new Image.Plain(content, "rw-r--r--");
  }

  /** What is in the state directory of a disk. */
  static Map<String, Image> entries(Image disk) {
    Image image = disk;
    for (String name : List.of("var", "lib", "kubesolo", "update")) {
      Image next =
          image instanceof Image.Directory directory ? directory.entries().get(name) : null;
      if (next == null) {
        return Map.of();
      }
      image = next;
    }
    return ((Image.Directory) image).entries();
  }
}

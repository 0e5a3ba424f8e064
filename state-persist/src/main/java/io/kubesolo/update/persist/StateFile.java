package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.ProcessLock.Held;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state in one file, shared by threads and processes. A missing file is a fresh idle state.
 * Reading takes no lock and writes nothing; a reader sees one whole state. A file that cannot be
 * read is left as it is.
 *
 * <p>Safe for use by several threads, through one object or several.
 */
public final class StateFile implements StateStore {
  /** Where the state is on a device: on a partition that outlives a switch of slots. */
  public static final Path DEFAULT_PATH = Path.of("/var/lib/kubesolo/update/state.json");

  private static final Duration LOCK_DEADLINE = Duration.ofSeconds(10);

  /**
   * The files whose last write ended in an unknown outcome. The kernel takes pages that it failed to
   * write for clean, so only writing everything anew settles one.
   */
  private static final Set<Path> UNSETTLED = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final InstantSource clock;
  private final Duration lockDeadline;

  /** The content that was last read or written here, with its meaning. */
  private volatile @Nullable Known known;

  /** When the directory last changed, if that was by this object, and nothing stale was left in it. */
  private volatile Option<FileTime> tidy = Option.none();

  StateFile(Path path, InstantSource clock, Duration lockDeadline) {
    this.path = path.toAbsolutePath();
    this.clock = clock;
    this.lockDeadline = lockDeadline;
  }

  /**
   * Names a state file. Nothing is read or made yet.
   *
   * @param path the file
   * @return the state in that file
   */
  public static StateFile at(Path path) {
    return at(path, InstantSource.system());
  }

  /**
   * Names a state file. Nothing is read or made yet.
   *
   * @param path the file
   * @param clock dates the fresh state that a missing file is
   * @return the state in that file
   */
  public static StateFile at(Path path, InstantSource clock) {
    return new StateFile(path, clock, LOCK_DEADLINE);
  }

  /** {@return the file, as an absolute path} */
  public Path path() {
    return path;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A predecessor may have renamed the file and died before it synced the directory, so that is
   * done first. A file system that cannot sync a directory is refused.
   */
  @Override
  public Either<StoreFailure, Loaded> open() {
    Path directory = DurableFile.parentOf(path);
    try {
      DurableFile.sync(directory);
    } catch (NoSuchFileException e) {
      return read();
    } catch (IOException e) {
      String problem = "the directory cannot be synced: " + Problem.of(e);
      return Either.left(new NotPersisted(directory.toString(), problem, Outcome.OLD));
    }
    return read().map(loaded -> new Loaded(loaded.state(), warnings(directory, loaded)));
  }

  @Override
  public Either<StoreFailure, Loaded> read() {
    return document().map(document -> new Loaded(document.state(), document.warnings()));
  }

  /**
   * Reads the file as it is. Takes no lock.
   *
   * @return the bytes of a valid file, or of a fresh state where it is missing; or what is wrong
   */
  public Either<StoreFailure, byte[]> bytes() {
    return content()
        .flatMap(content -> decode(content)
            .map(document ->
                content.map(byte[]::clone).getOrElse(() -> StateJson.encode(document))));
  }

  @Override
  public <T> Either<Rejection, T> exclusively(Function<Session, Either<Rejection, T>> work) {
    return Either.<Rejection, Held>narrow(lock()).flatMap(lock -> {
      try (lock) {
        return Either.<Rejection, Document>narrow(settled(lock))
            .flatMap(document -> work.apply(new PersistListener(this, lock, document)));
      }
    });
  }

  /**
   * Moves an invalid file aside, to an unused name beside it, and writes a fresh idle state.
   *
   * @return where the invalid file is now; none where the file was valid or missing and nothing was
   *     done; or why the file cannot be repaired, and then it is untouched
   */
  public Either<StoreFailure, Option<Path>> repair() {
    return lock().flatMap(lock -> {
      try (lock) {
        return repair(lock);
      }
    });
  }

  private Either<StoreFailure, Option<Path>> repair(Held lock) {
    Either<StoreFailure, Document> document = document();
    if (document.isRight()) {
      return Either.right(Option.none());
    }
    if (!(document.getLeft() instanceof Unreadable invalid && invalid.repairable())) {
      return Either.left(document.getLeft());
    }
    Path aside = unusedName();
    Option<NotPersisted> failure =
        moveAside(aside).orElse(() -> replace(lock, StateJson.encode(fresh())));
    return failure.isDefined()
        ? Either.left(movedBack(aside, failure.get()))
        : Either.right(Option.some(aside));
  }

  /** Durable before the fresh file is, which might otherwise survive a power cut alone. */
  private Option<NotPersisted> moveAside(Path aside) {
    try {
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      DurableFile.sync(DurableFile.parentOf(path));
      return Option.none();
    } catch (IOException e) {
      return Option.some(notPersisted("cannot be moved aside: " + Problem.of(e), Outcome.OLD));
    }
  }

  /** An invalid file that nothing replaced stands in its place again, or it is said where it is. */
  private NotPersisted movedBack(Path aside, NotPersisted failure) {
    if (failure.outcome() == Outcome.OLD) {
      try {
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
        return failure;
      } catch (IOException e) {
        return Files.exists(aside, NOFOLLOW_LINKS) ? movedTo(aside, failure) : failure;
      }
    }
    return movedTo(aside, failure);
  }

  private NotPersisted movedTo(Path aside, NotPersisted failure) {
    String problem = failure.problem() + "; the invalid file is now " + aside;
    return notPersisted(problem, failure.outcome());
  }

  private Path unusedName() {
    String time = Rfc3339.format(clock.instant().truncatedTo(ChronoUnit.SECONDS))
        .replace("-", "")
        .replace(":", "");
    String name = path.getFileName() + ".corrupt-" + time;
    Path unused = path.resolveSibling(name);
    for (int i = 1; Files.exists(unused, NOFOLLOW_LINKS); i++) {
      unused = path.resolveSibling(name + "-" + i);
    }
    return unused;
  }

  private Either<StoreFailure, Held> lock() {
    return ProcessLock.acquire(path.resolveSibling(path.getFileName() + ".lock"), lockDeadline);
  }

  /** Replaces the content. What was unsettled before stays so until this succeeds. */
  Option<NotPersisted> replace(Held lock, byte[] bytes) {
    boolean clean = isTidy() || DurableFile.deleteStale(path);
    boolean settled = UNSETTLED.add(lock.file());
    Either<NotPersisted, Option<FileTime>> replaced = DurableFile.replaced(path, bytes);
    tidy = replaced.getOrElse(Option.none()).filter(time -> clean);
    if (replaced.isRight() || (settled && replaced.getLeft().outcome() == Outcome.OLD)) {
      UNSETTLED.remove(lock.file());
      return replaced.swap().toOption();
    }
    return Option.some(notPersisted(replaced.getLeft().problem(), Outcome.UNKNOWN));
  }

  /**
   * Whether nobody was at work in the directory since this object last wrote, so that no dead writer
   * left anything. To list a directory marks it as read, which makes each later sync of it slower.
   */
  private boolean isTidy() {
    return tidy.isDefined() && tidy.equals(DurableFile.lastChange(DurableFile.parentOf(path)));
  }

  /** The document, written anew first where it is not known to be on the disk. */
  private Either<StoreFailure, Document> settled(Held lock) {
    Either<StoreFailure, Option<byte[]>> content = content();
    Either<StoreFailure, Document> document = content.flatMap(this::decode);
    if (document.isLeft() || !UNSETTLED.contains(lock.file())) {
      return document;
    }
    byte[] bytes = content.get().getOrElse(() -> StateJson.encode(document.get()));
    Option<NotPersisted> failure = replace(lock, bytes);
    return failure.isDefined() ? Either.left(failure.get()) : document;
  }

  private Either<StoreFailure, Document> document() {
    return content().flatMap(this::decode);
  }

  private Either<StoreFailure, Document> decode(Option<byte[]> content) {
    if (content.isEmpty()) {
      return Either.right(Document.of(fresh()));
    }
    Known last = known;
    return last != null && Arrays.equals(last.content, content.get())
        ? Either.right(last.document)
        : StateReader.read(content.get())
            .<StoreFailure>mapLeft(this::invalid)
            .peek(document -> remember(content.get(), document));
  }

  /** Remembers what a content means, for as long as it is found again. */
  void remember(byte[] content, Document document) {
    known = new Known(content, document);
  }

  private static final class Known {
    final byte[] content;
    final Document document;

    Known(byte[] content, Document document) {
      this.content = content;
      this.document = document;
    }
  }

  /** The content of the file; none where it is missing. */
  private Either<StoreFailure, Option<byte[]>> content() {
    try {
      BasicFileAttributes found =
          Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        return Either.left(invalid(kind(found) + ", not a regular file"));
      }
      try (InputStream in = Files.newInputStream(path, NOFOLLOW_LINKS)) {
        byte[] bytes = in.readNBytes(StateReader.MAX_BYTES + 1);
        return bytes.length > StateReader.MAX_BYTES
            ? Either.left(invalid("larger than 1 MiB"))
            : Either.right(Option.some(bytes));
      }
    } catch (NoSuchFileException e) {
      return Either.right(Option.none());
    } catch (IOException e) {
      return Either.left(
          new Unreadable(path.toString(), "cannot be read: " + Problem.of(e), false));
    }
  }

  private static String kind(BasicFileAttributes found) {
    if (found.isSymbolicLink()) {
      return "a symbolic link";
    }
    return found.isDirectory() ? "a directory" : "a fifo, socket or device";
  }

  private static List<String> warnings(Path directory, Loaded loaded) {
    List<String> warnings = new ArrayList<>(loaded.warnings());
    if (othersMayWrite(directory)) {
      warnings.add(directory + ": others may write here, and so replace the state");
    }
    return warnings;
  }

  private static boolean othersMayWrite(Path directory) {
    try {
      return Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE);
    } catch (IOException e) {
      return false;
    }
  }

  private UpdateState fresh() {
    return UpdateState.fresh(clock.instant());
  }

  private Unreadable invalid(String problem) {
    return new Unreadable(path.toString(), problem, true);
  }

  private NotPersisted notPersisted(String problem, Outcome outcome) {
    return new NotPersisted(path.toString(), problem, outcome);
  }
}

package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.ProcessLock.Held;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The content of one state file: reads it as a {@link Document} and replaces it durably. A missing
 * file is read as a fresh idle state.
 *
 * <p>Reading is safe for use by several threads; replacing requires the lock.
 */
final class DocumentFile {
  private final Path path;
  private final InstantSource clock;
  private final OutcomeMarkFile marks;

  /** The content that was last read or written through this object or one made from it. */
  private final AtomicReference<@Nullable Known> known;

  /**
   * The time of the directory's last change, if this object made that change and left no stale
   * temporary file behind.
   */
  private volatile Option<FileTime> tidy = Option.none();

  DocumentFile(Path path, InstantSource clock, Supplier<Option<Boot>> boot) {
    this(path.toAbsolutePath(), clock, boot, new AtomicReference<>());
  }

  private DocumentFile(
      Path path,
      InstantSource clock,
      Supplier<Option<Boot>> boot,
      AtomicReference<@Nullable Known> known) {
    this.path = path;
    this.clock = clock;
    this.marks = new OutcomeMarkFile(path, boot);
    this.known = known;
  }

  /** Returns the same file for another source of the present boot. */
  DocumentFile withBoot(Supplier<Option<Boot>> boot) {
    return new DocumentFile(path, clock, boot, known);
  }

  /** Returns the absolute path. */
  Path path() {
    return path;
  }

  /** Returns a document with nothing but the fresh idle state. */
  Document fresh() {
    return Document.of(UpdateState.fresh(clock.instant()));
  }

  /** Reads and parses the file. Takes no lock. */
  Either<StoreFailure, Document> read() {
    Either<StoreFailure, Option<byte[]>> content = content();
    return content.isLeft() ? Either.left(content.getLeft()) : parse(content.get());
  }

  /**
   * Returns the fresh idle state with the versions that were rolled back according to the
   * last whole list of them in the first MiB of an invalid file, because they must not be
   * installed again. Of a symbolic link, the file that it leads to is read, if it leads to one.
   */
  Either<StoreFailure, Document> salvaged() {
    try {
      if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
        return Either.right(fresh());
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] start = in.readNBytes(StateReader.MAX_BYTES);
        return Either.right(
            StateReader.salvagedVersions(start).map(this::freshWith).getOrElse(this::fresh));
      }
    } catch (IOException e) {
      return Files.isSymbolicLink(path) ? Either.right(fresh()) : Either.left(unreadable(e));
    }
  }

  /**
   * Returns the fresh state with a list of versions. Entries of it that cannot be read are kept
   * only if they leave enough room for the events to come, which could not be written otherwise.
   */
  private Document freshWith(Entries<String> versions) {
    Document fresh = fresh();
    UpdateState salvaged =
        fresh.state().toBuilder().rolledBackVersions(versions.values()).build();
    Document all =
        Document.of(salvaged, List.of(), List.of(), BootMember.NONE, versions, fresh.history());
    return StateJson.encode(all).length <= StateReader.MAX_BYTES / 2 ? all : fresh.with(salvaged);
  }

  /** Returns the bytes of a valid file, or of a fresh state if the file is missing. */
  Either<StoreFailure, byte[]> bytes() {
    return content()
        .flatMap(content -> parse(content)
            .map(document ->
                content.map(byte[]::clone).getOrElse(() -> StateJson.encode(document))));
  }

  /**
   * Returns whether an earlier write has an unknown outcome, so that the content is not known to be
   * durable. Takes no lock: if this returns false after a read, what was read is durable, provided
   * that the directory was synced before.
   */
  boolean isUnsettled() {
    try {
      return !marks.read().settled();
    } catch (IOException e) {
      return true;
    }
  }

  /** Reads the file, and first writes it again if an earlier write has an unknown outcome. */
  Either<StoreFailure, Locked> readDurable(Held lock) {
    Either<StoreFailure, Option<byte[]>> content = content();
    if (content.isLeft()) {
      return Either.left(content.getLeft());
    }
    Either<StoreFailure, Document> document = parse(content.get());
    if (document.isLeft()) {
      return Either.left(document.getLeft());
    }
    Either<StoreFailure, OutcomeMark> mark = mark();
    if (mark.isLeft()) {
      return Either.left(mark.getLeft());
    }
    Locked durable =
        new Locked(document.get(), mark.get().settledBy(document.get().state()));
    return mark.get().settled()
        ? Either.right(durable)
        : writtenAgain(lock, mark.get(), durable, content.get());
  }

  /**
   * Writes everything to a new file. The kernel marks pages clean even if it failed to write them,
   * so a second fsync proves nothing; only a new file settles an unknown outcome.
   */
  private Either<StoreFailure, Locked> writtenAgain(
      Held lock, OutcomeMark unsettled, Locked durable, Option<byte[]> content) {
    byte[] bytes = content.getOrElse(() -> StateJson.encode(durable.document()));
    Option<NotPersisted> failure =
        replace(lock, unsettled, durable.document(), bytes, unsettled, durable.mark());
    return failure.isDefined() ? Either.left(failure.get()) : Either.right(durable);
  }

  /** Reads the mark of unknown outcomes. */
  Either<StoreFailure, OutcomeMark> mark() {
    try {
      return Either.right(marks.read());
    } catch (IOException e) {
      String problem = "cannot be read: " + IoErrorText.of(e);
      return Either.left(new Unreadable(marks.path().toString(), problem, false));
    }
  }

  /** What was read under the lock: a document that is durable, and the mark beside it. */
  record Locked(Document document, OutcomeMark mark) {}

  /**
   * Replaces the content after an event.
   *
   * @param before what was read under this lock
   * @param document what the bytes mean
   * @param write the event
   * @return none if the new content is durable; else which content the file has now
   */
  Option<NotPersisted> replace(
      Held lock, Locked before, Document document, byte[] bytes, OutcomeMark.Write write) {
    OutcomeMark during = before.mark().with(write).unsettled(marks.boot());
    return replace(lock, before.mark(), document, bytes, during, OutcomeMark.NONE);
  }

  /** Replaces an invalid file by a fresh document. */
  Option<NotPersisted> replaceInvalid(Held lock, OutcomeMark mark, Document fresh) {
    OutcomeMark during = mark.unsettled(marks.boot());
    byte[] bytes = StateJson.encode(fresh);
    return replace(lock, mark, fresh, bytes, during, OutcomeMark.NONE);
  }

  /**
   * Replaces the content. The mark is written before the rename, because a disk that fails after it
   * may not accept another write.
   */
  private Option<NotPersisted> replace(
      Held lock,
      OutcomeMark before,
      Document document,
      byte[] bytes,
      OutcomeMark during,
      OutcomeMark afterwards) {
    Either<NotPersisted, Directory> directory = DurableFile.directoryOf(path);
    Either<NotPersisted, Boolean> replaced = directory.isLeft()
        ? Either.left(directory.getLeft())
        : replaced(
            directory.get(),
            bytes,
            new BeforeRename(lock, during, directory.get(), during.text().equals(before.text())));
    if (replaced.isLeft()) {
      tidy = Option.none();
      return Option.some(failed(lock, before, replaced.getLeft()));
    }
    known.set(new Known(bytes, document));
    Option<NotPersisted> failure = forget(afterwards);
    tidy = replaced.get() && failure.isEmpty() ? lastChange() : Option.none();
    return failure;
  }

  /** Returns whether no stale temporary file can be left; or which content is there now. */
  private Either<NotPersisted, Boolean> replaced(
      Directory directory, byte[] bytes, BeforeRename beforeRename) {
    boolean clean = isTidy(directory) || DurableFile.deleteStale(path);
    Either<NotPersisted, Boolean> replaced =
        DurableFile.replaced(directory, path, bytes, beforeRename);
    return clean ? replaced : replaced.map(noneIsLeft -> false);
  }

  private Option<FileTime> lastChange() {
    Either<NotPersisted, Directory> directory = DurableFile.directoryOf(path);
    return directory.isLeft() ? Option.none() : Option.some(directory.get().lastChange());
  }

  /**
   * Writes the mark. Checks that the lock is still valid before it, because the mark may be that of
   * the process which holds the lock of a new file, and after it. If an interrupt breaks off a
   * replacement, it is started again, perhaps after its rename. Then the mark exists already, and a
   * write that fails would destroy it.
   */
  private final class BeforeRename implements Uninterruptible.Unit {
    private final Held lock;
    private final OutcomeMark mark;
    private final Directory directory;
    private boolean marked;

    BeforeRename(Held lock, OutcomeMark mark, Directory directory, boolean marked) {
      this.lock = lock;
      this.mark = mark;
      this.directory = directory;
      this.marked = marked;
    }

    @Override
    public void run() throws IOException {
      if (!marked) {
        lock.requireCurrent();
        marks.write(mark, directory);
        marked = true;
      }
      lock.requireCurrent();
    }
  }

  private NotPersisted failed(Held lock, OutcomeMark before, NotPersisted failure) {
    if (failure.outcome() == Outcome.UNKNOWN || !before.settled()) {
      return new NotPersisted(path.toString(), failure.problem(), Outcome.UNKNOWN);
    }
    try {
      if (lock.isCurrent()) {
        Uninterruptible.run(() -> marks.write(before));
      }
    } catch (IOException e) {
      // The mark stays unsettled, so the next event writes everything again, which does no harm.
      return failure;
    }
    return failure;
  }

  /**
   * Replaces the mark after a durable write. As long as the old one is there, an event of the same
   * values would be treated as a resent event.
   */
  Option<NotPersisted> forget(OutcomeMark afterwards) {
    try {
      Uninterruptible.run(() -> marks.write(afterwards));
      return Option.none();
    } catch (IOException e) {
      String problem = "cannot be written: " + IoErrorText.of(e);
      return Option.when(
          !isWritten(afterwards),
          () -> new NotPersisted(marks.path().toString(), problem, Outcome.UNKNOWN));
    }
  }

  /**
   * Returns whether a mark exists although its write failed. If it cannot be read either, it counts
   * as written: the state is durable, and an event whose outcome was reported as unknown must be
   * recognized when it is sent again.
   */
  private boolean isWritten(OutcomeMark mark) {
    try {
      return marks.read().equals(mark);
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Returns whether the directory is unchanged since this object's last write, and so holds no
   * stale temporary file. Listing the directory instead would update its access time, which makes
   * each later fsync of it slower.
   */
  private boolean isTidy(Directory directory) {
    return tidy.isDefined() && tidy.get().equals(directory.lastChange());
  }

  private Either<StoreFailure, Document> parse(Option<byte[]> content) {
    if (content.isEmpty()) {
      return Either.right(fresh());
    }
    Known last = known.get();
    if (last != null && Arrays.equals(last.content, content.get())) {
      return Either.right(last.document);
    }
    Either<String, Document> read = StateReader.read(content.get());
    if (read.isLeft()) {
      return Either.left(invalid(read.getLeft()));
    }
    known.set(new Known(content.get(), read.get()));
    return Either.right(read.get());
  }

  /** Bytes and their document, so that equal bytes need not be parsed again. */
  private static final class Known {
    final byte[] content;
    final Document document;

    Known(byte[] content, Document document) {
      this.content = content;
      this.document = document;
    }
  }

  /** Returns the content of the file, or none if the file is missing. */
  private Either<StoreFailure, Option<byte[]>> content() {
    try {
      BasicFileAttributes found =
          Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        String problem = kind(found) + ", not a regular file";
        return Either.left(new Unreadable(path.toString(), problem, found.isSymbolicLink()));
      }
      try (InputStream in = Files.newInputStream(path, NOFOLLOW_LINKS)) {
        byte[] bytes = in.readNBytes(StateReader.MAX_BYTES + 1);
        return bytes.length > StateReader.MAX_BYTES
            ? Either.left(invalid("larger than 1 MiB"))
            : Either.right(Option.some(bytes));
      }
    } catch (NoSuchFileException e) {
      return missing();
    } catch (IOException e) {
      return Either.left(unreadable(e));
    }
  }

  /** Distinguishes a missing file from a path below a file, which JDK 25 reports as missing too. */
  private Either<StoreFailure, Option<byte[]>> missing() {
    Path above = path.toAbsolutePath().getParent();
    while (above != null) {
      try {
        return Files.readAttributes(above, BasicFileAttributes.class).isDirectory()
            ? Either.right(Option.none())
            : Either.left(unreadable(new NotDirectoryException(path.toString())));
      } catch (NoSuchFileException e) {
        above = above.getParent();
      } catch (IOException e) {
        return Either.left(unreadable(e));
      }
    }
    return Either.right(Option.none());
  }

  private Unreadable unreadable(IOException e) {
    return new Unreadable(path.toString(), "cannot be read: " + IoErrorText.of(e), false);
  }

  private static String kind(BasicFileAttributes found) {
    if (found.isSymbolicLink()) {
      return "a symbolic link";
    }
    return found.isDirectory() ? "a directory" : "a fifo, socket or device";
  }

  private Unreadable invalid(String problem) {
    return new Unreadable(path.toString(), problem, true);
  }
}

package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

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
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The content of one state file: reads it as a {@link Document} and replaces it durably. A missing
 * file is read as a fresh idle state.
 *
 * <p>Reading is safe for use by several threads; replacing requires the lock.
 */
final class DocumentFile {
  /**
   * The lock files of the state files whose last write had an unknown outcome. The kernel marks
   * pages clean even if it failed to write them, so a second fsync proves nothing: only a complete
   * rewrite into a new file settles such a write.
   */
  private static final Set<Path> UNSETTLED = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final InstantSource clock;

  /** The content that was last read or written by this object, and its document. */
  private volatile @Nullable Known known;

  /**
   * The time of the directory's last change, if this object made that change and left no stale
   * temporary file behind.
   */
  private volatile Option<FileTime> tidy = Option.none();

  DocumentFile(Path path, InstantSource clock) {
    this.path = path.toAbsolutePath();
    this.clock = clock;
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
    return content().flatMap(this::parse);
  }

  /**
   * Returns the fresh idle state with the versions that were rolled back according to the last whole
   * list of them in the first MiB of an invalid file, because they must not be taken on again.
   */
  Either<StoreFailure, Document> salvaged() {
    try (InputStream in = Files.newInputStream(path, NOFOLLOW_LINKS)) {
      byte[] start = in.readNBytes(StateReader.MAX_BYTES);
      return Either.right(
          StateReader.salvagedVersions(start).map(this::freshWith).getOrElse(this::fresh));
    } catch (IOException e) {
      return Files.isSymbolicLink(path) ? Either.right(fresh()) : Either.left(unreadable(e));
    }
  }

  private Document freshWith(Entries<String> versions) {
    Document fresh = fresh();
    UpdateState state = fresh.state();
    UpdateState salvaged = new UpdateState(
        state.phase(),
        state.fromVersion(),
        state.toVersion(),
        state.startedAt(),
        state.updatedAt(),
        state.lastError(),
        state.attemptCount(),
        state.revision(),
        state.boot(),
        versions.values(),
        state.history());
    return Document.of(salvaged, List.of(), List.of(), BootMember.NONE, versions, fresh.history());
  }

  /** Returns the bytes of a valid file, or of a fresh state if the file is missing. */
  Either<StoreFailure, byte[]> bytes() {
    return content()
        .flatMap(content -> parse(content)
            .map(document ->
                content.map(byte[]::clone).getOrElse(() -> StateJson.encode(document))));
  }

  /** Reads the file, and rewrites it first if its last write had an unknown outcome. */
  Either<StoreFailure, Document> readDurable(Held lock) {
    Either<StoreFailure, Option<byte[]>> content = content();
    Either<StoreFailure, Document> document = content.flatMap(this::parse);
    if (document.isLeft() || !UNSETTLED.contains(lock.file())) {
      return document;
    }
    byte[] bytes = content.get().getOrElse(() -> StateJson.encode(document.get()));
    Option<NotPersisted> failure = replace(lock, document.get(), bytes);
    return failure.isDefined() ? Either.left(failure.get()) : document;
  }

  /**
   * Replaces the content durably. A write whose outcome is unknown stays so until a later one
   * succeeds.
   *
   * @param document what the bytes mean
   * @return none if the new content is durable; else which content the file has now
   */
  Option<NotPersisted> replace(Held lock, Document document, byte[] bytes) {
    boolean clean = isTidy() || DurableFile.deleteStale(path);
    boolean settled = UNSETTLED.add(lock.file());
    Either<NotPersisted, Option<FileTime>> replaced = DurableFile.replaced(path, bytes);
    tidy = replaced.getOrElse(Option.none()).filter(time -> clean);
    if (replaced.isRight()) {
      UNSETTLED.remove(lock.file());
      known = new Known(bytes, document);
      return Option.none();
    }
    NotPersisted failure = replaced.getLeft();
    if (settled && failure.outcome() == Outcome.OLD) {
      UNSETTLED.remove(lock.file());
      return Option.some(failure);
    }
    return Option.some(new NotPersisted(path.toString(), failure.problem(), Outcome.UNKNOWN));
  }

  /**
   * Returns whether the directory is unchanged since this object's last write, and so holds no
   * stale temporary file. Listing the directory instead would update its access time, which makes
   * each later fsync of it slower.
   */
  private boolean isTidy() {
    return tidy.isDefined() && tidy.equals(DurableFile.lastChange(DurableFile.parentOf(path)));
  }

  private Either<StoreFailure, Document> parse(Option<byte[]> content) {
    if (content.isEmpty()) {
      return Either.right(fresh());
    }
    Known last = known;
    return last != null && Arrays.equals(last.content, content.get())
        ? Either.right(last.document)
        : StateReader.read(content.get())
            .<StoreFailure>mapLeft(this::invalid)
            .peek(document -> known = new Known(content.get(), document));
  }

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
      return Either.right(Option.none());
    } catch (IOException e) {
      return Either.left(unreadable(e));
    }
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

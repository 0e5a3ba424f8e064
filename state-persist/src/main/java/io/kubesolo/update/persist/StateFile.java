package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Arguments;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.LinuxBoot;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.persist.DocumentFile.Locked;
import io.kubesolo.update.persist.ProcessLock.Held;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The state in one file, shared by threads and processes. A missing file is a fresh idle state.
 * Reading takes no lock and writes nothing; a reader sees one whole state. A file that cannot be
 * read is left as it is.
 *
 * <p>Safe for use by several threads, through one object or several.
 */
public final class StateFile implements StateStore {
  /** The path on a device, on a partition that both slots share. */
  public static final Path DEFAULT_PATH = Path.of("/var/lib/kubesolo/update/state.json");

  private static final Duration LOCK_DEADLINE = Duration.ofSeconds(10);

  private static final String LOCK = ".lock";

  /** What the name of an invalid file that was moved aside has after its own name. */
  private static final String CORRUPT = ".corrupt-";

  /** The endings of the names of the files beside a state file, which begin with its own name. */
  public static final List<String> BESIDE =
      List.of(LOCK, OutcomeMarkFile.ENDING, DurableFile.TEMPORARY);

  private final DocumentFile file;
  private final Path path;
  private final InstantSource clock;
  private final Duration lockDeadline;

  StateFile(Path path, InstantSource clock, Duration lockDeadline) {
    this(path, clock, lockDeadline, LinuxBoot::now);
  }

  StateFile(
      Path path, InstantSource clock, Duration lockDeadline, Supplier<Option<Boot>> kernelBoot) {
    this(new DocumentFile(path, clock, kernelBoot), clock, lockDeadline);
    requireName(path);
  }

  private StateFile(DocumentFile file, InstantSource clock, Duration lockDeadline) {
    this.file = file;
    this.path = file.path();
    this.clock = clock;
    this.lockDeadline = lockDeadline;
  }

  private static void requireName(Path path) {
    String name = String.valueOf(path.getFileName());
    for (String ending : BESIDE) {
      if (name.endsWith(ending)) {
        throw new IllegalArgumentException(path + " cannot be a state file: names that end in "
            + String.join(", ", BESIDE) + " are those of the files beside one");
      }
    }
  }

  /**
   * Returns the store of a state file. Reads and creates nothing.
   *
   * @param path the file
   * @return the state in that file
   * @throws IllegalArgumentException if the name ends in {@code .lock}, {@code .outcome} or
   *     {@code .tmp}, as the files beside a state file do, or the path is null
   */
  public static StateFile at(Path path) {
    return at(path, InstantSource.system());
  }

  /**
   * Returns the store of a state file. Reads and creates nothing.
   *
   * @param path the file
   * @param clock gives the time of the fresh state that a missing file is read as
   * @return the state in that file
   * @throws IllegalArgumentException if the name ends in {@code .lock}, {@code .outcome} or
   *     {@code .tmp}, as the files beside a state file do, or the path or the clock is null
   */
  public static StateFile at(Path path, InstantSource clock) {
    Arguments.requireNonNull(path, "the path");
    Arguments.requireNonNull(clock, "clock");
    return new StateFile(path, clock, LOCK_DEADLINE);
  }

  /**
   * Returns this file with another source of the present boot, for a machine whose boots the
   * kernel does not know, such as a simulated one. Every process that sends events must use the
   * same source.
   *
   * @param source returns the present boot, or none if it is unknown
   * @return the same file
   * @throws IllegalArgumentException if the source is null
   */
  public StateFile withBoot(Supplier<Option<Boot>> source) {
    Arguments.requireNonNull(source, "boot");
    return new StateFile(file.withBoot(source), clock, lockDeadline);
  }

  /** {@return the file, as an absolute path} */
  public Path path() {
    return path;
  }

  /**
   * {@inheritDoc}
   *
   * <p>First syncs the directory, because the last writer may have crashed between its rename and
   * its sync of the directory. A file system that cannot sync a directory is refused. If an earlier
   * write has an unknown outcome, takes the lock and writes everything again.
   */
  @Override
  public Either<StoreFailure, Loaded> open() {
    Path directory = DurableFile.parentOf(path);
    try {
      DurableFile.sync(directory);
    } catch (NoSuchFileException e) {
      return read();
    } catch (IOException e) {
      String problem = "the directory cannot be synced: " + IoErrorText.of(e);
      return Either.left(known(new NotPersisted(directory.toString(), problem, Outcome.OLD)));
    }
    Either<StoreFailure, Loaded> read = read();
    Either<StoreFailure, Loaded> durable = read.isRight() && file.isUnsettled() ? settle() : read;
    return durable.isLeft()
        ? durable
        : Either.right(new Loaded(durable.get().state(), warnings(directory, durable.get())));
  }

  private Either<StoreFailure, Loaded> settle() {
    return lock().flatMap(lock -> {
      try (lock) {
        return file.readDurable(lock).map(locked -> loaded(locked.document()));
      }
    });
  }

  @Override
  public Either<StoreFailure, Loaded> read() {
    Either<StoreFailure, Document> document = file.read();
    return document.isLeft()
        ? Either.left(document.getLeft())
        : Either.right(loaded(document.get()));
  }

  private static Loaded loaded(Document document) {
    return new Loaded(document.state(), document.warnings());
  }

  /**
   * Reads the file as it is. Takes no lock.
   *
   * @return the bytes of a valid file, or of a fresh state if it is missing; or what is wrong
   */
  public Either<StoreFailure, byte[]> bytes() {
    return file.bytes();
  }

  @Override
  public <T> Either<Rejection, T> exclusively(
      BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
    Arguments.requireNonNull(work, "the work");
    Either<StoreFailure, Held> acquired = lock();
    if (acquired.isLeft()) {
      return Either.left(acquired.getLeft());
    }
    try (Held lock = acquired.get()) {
      Either<StoreFailure, Locked> read = file.readDurable(lock);
      if (read.isLeft()) {
        return Either.left(read.getLeft());
      }
      Locked locked = read.get();
      return work.apply(loaded(locked.document()), new StateFileListener(file, lock, locked));
    }
  }

  /**
   * An invalid file that was replaced by a fresh one.
   *
   * @param aside where the invalid file is now; none if it could not be kept
   * @param message one line that says so
   */
  public record Repair(Option<Path> aside, String message) {
    private static Repair kept(String what, Path aside) {
      return new Repair(Option.some(aside), what + " is kept as " + aside);
    }

    private static Repair notKept(String problem) {
      return new Repair(
          Option.none(),
          "the invalid file is not kept: "
              + problem
              + "; all versions that were rolled back and could be read are kept");
    }
  }

  /**
   * Moves an invalid file aside, to an unused name beside it, and writes a fresh idle state, with
   * the versions that were rolled back as far as they can be read from the invalid file. A symbolic
   * link is moved, and not its target; a directory, fifo, socket or device is left. At no time is
   * the path without a file, because a missing file is a fresh state. If the file is valid, but an
   * earlier write has an unknown outcome, writes it again.
   *
   * <p>If the file system has no hard links, the first MiB of the invalid file is copied, because no
   * more of it is ever read. If there is no room for that either, the file is replaced all the same.
   *
   * @return what became of the invalid file; none if the file was valid or missing and there was
   *     nothing to repair; or why the file cannot be repaired
   */
  public Either<StoreFailure, Option<Repair>> repair() {
    return repair(List.of());
  }

  /**
   * Does what {@link #repair()} does, and adds versions to those that were rolled back.
   *
   * @param rolledBack versions that must not be installed again, oldest first
   * @return what became of the invalid file; none if the file was valid or missing and there was
   *     nothing to repair; or why the file cannot be repaired
   * @throws IllegalArgumentException if the list or a version is null, or a version holds a lone
   *     surrogate
   */
  public Either<StoreFailure, Option<Repair>> repair(List<String> rolledBack) {
    for (String version : Arguments.requireNonNull(rolledBack, "the list of versions")) {
      Arguments.requireNonNull(version, "a version");
    }
    return lock().flatMap(lock -> {
      try (lock) {
        return repair(lock, rolledBack);
      }
    });
  }

  private Either<StoreFailure, Option<Repair>> repair(Held lock, List<String> rolledBack) {
    Either<StoreFailure, Locked> durable = file.readDurable(lock);
    if (durable.isRight()) {
      return Either.right(Option.none());
    }
    if (!(durable.getLeft() instanceof Unreadable invalid && invalid.repairable())) {
      return Either.left(durable.getLeft());
    }
    return file.salvaged()
        .flatMap(fresh ->
            file.mark().flatMap(mark -> repair(lock, mark, withRolledBack(fresh, rolledBack))));
  }

  private static Document withRolledBack(Document fresh, List<String> rolledBack) {
    Set<String> all = new LinkedHashSet<>(fresh.state().rolledBackVersions());
    all.removeAll(rolledBack);
    all.addAll(rolledBack);
    List<String> versions = List.copyOf(all);
    int surplus = Math.max(0, versions.size() - Action.MAX_ROLLED_BACK_VERSIONS);
    return fresh.with(fresh.state().toBuilder()
        .rolledBackVersions(versions.subList(surplus, versions.size()))
        .build());
  }

  private Either<StoreFailure, Option<Repair>> repair(Held lock, OutcomeMark mark, Document fresh) {
    Option<Path> second = secondName();
    Path aside = second.getOrElse(this::unusedName);
    if (second.isEmpty() && !link(aside)) {
      return repairWithCopy(lock, mark, fresh, aside);
    }
    try {
      DurableFile.sync(DurableFile.parentOf(path));
    } catch (IOException e) {
      DurableFile.remove(aside, e);
      String problem = "cannot be kept as " + aside + ": " + IoErrorText.of(e);
      return Either.left(new NotPersisted(path.toString(), problem, Outcome.OLD));
    }
    Option<NotPersisted> failure = file.replaceInvalid(lock, mark, fresh);
    return failure.isDefined()
        ? Either.left(withoutSecondName(aside, failure.get()))
        : Either.right(Option.some(Repair.kept("the invalid file", aside)));
  }

  /**
   * Gives the invalid file a second name, before the fresh file replaces it under the first one. To
   * rename it instead would leave no file for a while, which is read as a fresh state.
   *
   * @return whether it has the name; not on a file system without hard links, such as FAT
   */
  private boolean link(Path aside) {
    try {
      Files.createLink(aside, path);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Repairs a file that can have no second name. The copy is for a person only, so the repair does
   * without it if there is no room for both the copy and the fresh file.
   */
  private Either<StoreFailure, Option<Repair>> repairWithCopy(
      Held lock, OutcomeMark mark, Document fresh, Path aside) {
    Either<String, Repair> copied = copied(aside);
    Option<NotPersisted> failure = file.replaceInvalid(lock, mark, fresh);
    if (copied.isRight() && failure.exists(refused -> refused.outcome() == Outcome.OLD)) {
      String problem = failure.get().message();
      DurableFile.remove(aside, new IOException(problem));
      copied = Either.left(problem);
      failure = file.replaceInvalid(lock, mark, fresh);
    }
    return failure.isDefined()
        ? Either.left(withCopy(copied, failure.get()))
        : Either.right(Option.some(copied.getOrElseGet(Repair::notKept)));
  }

  private static NotPersisted withCopy(Either<String, Repair> copied, NotPersisted failure) {
    return copied.isLeft()
        ? failure
        : new NotPersisted(
            failure.path(), failure.problem() + "; " + copied.get().message(), failure.outcome());
  }

  /** Copies the part of the invalid file that a repair reads, or the symbolic link. */
  private Either<String, Repair> copied(Path aside) {
    try {
      if (Files.isSymbolicLink(path)) {
        Files.copy(path, aside, NOFOLLOW_LINKS);
        DurableFile.sync(DurableFile.parentOf(aside));
        return Either.right(Repair.kept("the invalid file", aside));
      }
      boolean whole = Files.size(path) <= StateReader.MAX_BYTES;
      try (InputStream in = Files.newInputStream(path, NOFOLLOW_LINKS)) {
        Option<NotPersisted> failure =
            DurableFile.replace(aside, in.readNBytes(StateReader.MAX_BYTES));
        return failure
            .map(notCopied -> notCopied.path() + ": " + notCopied.problem())
            .toEither(Repair.kept(
                whole ? "the invalid file" : "the first MiB of the invalid file", aside))
            .swap();
      }
    } catch (IOException e) {
      return Either.left(aside + ": " + IoErrorText.of(e));
    }
  }

  /** Removes the second name of a file that keeps its first one; else the failure says it. */
  private NotPersisted withoutSecondName(Path aside, NotPersisted failure) {
    if (failure.outcome() == Outcome.UNKNOWN) {
      String problem = failure.problem() + "; the invalid file is now " + aside;
      return new NotPersisted(path.toString(), problem, failure.outcome());
    }
    DurableFile.remove(aside, new IOException(failure.problem()));
    return failure;
  }

  /**
   * Returns the second name that an earlier repair gave the invalid file before it failed; none if
   * it has none, or if that cannot be found out.
   */
  private Option<Path> secondName() {
    String start = path.getFileName() + CORRUPT;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(DurableFile.parentOf(path))) {
      Object key = fileKey(path);
      for (Path entry : entries) {
        if (String.valueOf(entry.getFileName()).startsWith(start)
            && fileKey(entry).equals(key)) {
          return Option.some(path.resolveSibling(entry.getFileName()));
        }
      }
      return Option.none();
    } catch (Exception e) {
      // Closing a directory throws checked exceptions that the JDK does not declare.
      return Option.none();
    }
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS).fileKey();
  }

  private Path unusedName() {
    String time = Rfc3339.format(clock.instant().truncatedTo(ChronoUnit.SECONDS))
        .replace("-", "")
        .replace(":", "");
    String name = path.getFileName() + CORRUPT + time;
    Path unused = path.resolveSibling(name);
    for (int i = 1; Files.exists(unused, NOFOLLOW_LINKS); i++) {
      unused = path.resolveSibling(name + "-" + i);
    }
    return unused;
  }

  private Either<StoreFailure, Held> lock() {
    Path file = path.resolveSibling(path.getFileName() + LOCK);
    Either<StoreFailure, Held> lock = ProcessLock.acquire(file, lockDeadline);
    return lock.isLeft() ? Either.left(known(lock.getLeft())) : lock;
  }

  /**
   * Returns the failure to acquire the lock. Nothing was changed, but an earlier write may still
   * have an unknown outcome.
   */
  private StoreFailure known(StoreFailure failure) {
    return failure instanceof NotPersisted refused
            && file.mark().fold(unreadable -> false, mark -> !mark.settled())
        ? new NotPersisted(refused.path(), refused.problem(), Outcome.UNKNOWN)
        : failure;
  }

  private static List<String> warnings(Path directory, Loaded loaded) {
    List<String> warnings = new ArrayList<>(loaded.warnings());
    if (othersMayWrite(directory)) {
      warnings.add(directory + ": other users may write here, and can replace the state");
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
}

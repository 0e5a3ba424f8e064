package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
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
   * Moves an invalid file aside, to an unused name beside it, and writes a fresh idle state, with
   * the versions that were rolled back as far as they can be read from the invalid file. A symbolic
   * link is moved, and not its target; a directory, fifo, socket or device is left. At no time is
   * the path without a file, because a missing file is a fresh state. If the file is valid, but an
   * earlier write has an unknown outcome, writes it again.
   *
   * @return where the invalid file is now; none if the file was valid or missing and there was
   *     nothing to repair; or why the file cannot be repaired
   */
  public Either<StoreFailure, Option<Path>> repair() {
    return repair(List.of());
  }

  /**
   * Does what {@link #repair()} does, and adds versions to those that were rolled back.
   *
   * @param rolledBack versions that must not be installed again, oldest first
   * @return where the invalid file is now; none if the file was valid or missing and there was
   *     nothing to repair; or why the file cannot be repaired
   * @throws IllegalArgumentException if the list or a version is null, or a version holds a lone
   *     surrogate
   */
  public Either<StoreFailure, Option<Path>> repair(List<String> rolledBack) {
    for (String version : Arguments.requireNonNull(rolledBack, "the list of versions")) {
      Arguments.requireNonNull(version, "a version");
    }
    return lock().flatMap(lock -> {
      try (lock) {
        return repair(lock, rolledBack);
      }
    });
  }

  private Either<StoreFailure, Option<Path>> repair(Held lock, List<String> rolledBack) {
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

  private Either<StoreFailure, Option<Path>> repair(Held lock, OutcomeMark mark, Document fresh) {
    Option<Path> second = secondName();
    Path aside = second.getOrElse(this::unusedName);
    Option<NotPersisted> notKept = keepAside(aside, second.isDefined());
    if (notKept.isDefined()) {
      return Either.left(notKept.get());
    }
    Option<NotPersisted> failure = file.replaceInvalid(lock, mark, fresh);
    return failure.isDefined()
        ? Either.left(withoutSecondName(aside, failure.get()))
        : Either.right(Option.some(aside));
  }

  /**
   * Gives the invalid file a second name durably, before the fresh file replaces it under the first
   * one. To rename it instead would leave no file for a while, which is read as a fresh state.
   */
  private Option<NotPersisted> keepAside(Path aside, boolean exists) {
    try {
      if (!exists) {
        linkOrCopy(aside);
      }
      DurableFile.sync(DurableFile.parentOf(path));
      return Option.none();
    } catch (FileAlreadyExistsException e) {
      return Option.some(notKept(aside, e));
    } catch (IOException e) {
      DurableFile.remove(aside, e);
      return Option.some(notKept(aside, e));
    }
  }

  private NotPersisted notKept(Path aside, IOException e) {
    String problem = "cannot be kept as " + aside + ": " + IoErrorText.of(e);
    return new NotPersisted(path.toString(), problem, Outcome.OLD);
  }

  /** Links the file, or copies it if the file system has no hard links (FAT has none). */
  private void linkOrCopy(Path aside) throws IOException {
    try {
      Files.createLink(aside, path);
    } catch (IOException e) {
      Files.copy(path, aside, NOFOLLOW_LINKS, COPY_ATTRIBUTES);
      if (Files.isRegularFile(aside, NOFOLLOW_LINKS)) {
        DurableFile.sync(aside);
      }
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
        if (String.valueOf(entry.getFileName()).startsWith(start) && fileKey(entry).equals(key)) {
          return Option.some(path.resolveSibling(entry.getFileName()));
        }
      }
      return Option.none();
    } catch (IOException | DirectoryIteratorException e) {
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

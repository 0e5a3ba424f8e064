package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Rebooted;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The file {@code STATE.outcome} beside a state file, which holds its {@link OutcomeMark}: every
 * process that shares the state file and its lock sees it, in whatever container and under whatever
 * user. It is written before the state file is replaced, while the disk still accepts writes, and
 * deleted once the new content is durable. It is never synced: it only has to outlive the process,
 * and the page cache does. A mark of an earlier boot says nothing, because what is read after a boot
 * comes from the disk.
 *
 * <p>Reading is safe for use by several threads; writing requires the lock.
 */
final class OutcomeMarkFile {
  /** The ending of the name of the file. */
  static final String ENDING = ".outcome";

  private static final int MAX_BYTES = 1 << 16;

  private final Path file;
  private final Path temporary;
  private final Supplier<Option<Boot>> boot;

  /**
   * Names the mark of a state file.
   *
   * @param state the absolute path of the state file
   * @param boot returns the present boot of the kernel, or none if it is unknown
   */
  OutcomeMarkFile(Path state, Supplier<Option<Boot>> boot) {
    this.file = state.resolveSibling(state.getFileName() + ENDING);
    this.temporary = file.resolveSibling(file.getFileName() + DurableFile.TEMPORARY);
    this.boot = boot;
  }

  /** Returns the path. */
  Path path() {
    return file;
  }

  /** Returns the present boot. */
  Option<Boot> boot() {
    return boot.get();
  }

  /** Reads the mark of this boot. If the boot is unknown, the mark is taken to be of this boot. */
  OutcomeMark read() throws IOException {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS).isRegularFile()) {
        throw new FileSystemException(file.toString(), null, "not a regular file; remove it");
      }
      try (InputStream in = Files.newInputStream(file, NOFOLLOW_LINKS)) {
        OutcomeMark mark = OutcomeMark.parse(new String(in.readNBytes(MAX_BYTES), UTF_8));
        return Rebooted.between(mark.boot(), boot()) == Rebooted.YES ? OutcomeMark.NONE : mark;
      }
    } catch (NoSuchFileException e) {
      return OutcomeMark.NONE;
    }
  }

  /**
   * Writes a mark, or deletes the file if the mark is none. A mark that still counts is replaced as a
   * whole: a crash during the write keeps the old mark. Restarts from the beginning if it is called
   * again after an interrupt.
   */
  void write(OutcomeMark mark) throws IOException {
    if (mark.isNone()) {
      Files.deleteIfExists(file);
    } else {
      write(mark, Directory.read(DurableFile.parentOf(file)));
    }
  }

  /** Writes a mark that is not none. */
  void write(OutcomeMark mark, Directory directory) throws IOException {
    try {
      create(file, mark, directory);
    } catch (FileAlreadyExistsException e) {
      Files.deleteIfExists(temporary);
      create(temporary, mark, directory);
      Files.move(temporary, file, ATOMIC_MOVE);
    }
  }

  private static void create(Path path, OutcomeMark mark, Directory directory) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS), DurableFile.MODE_0600)) {
      // A mark that the owner of the directory cannot read would stop that owner's events.
      directory.giveToOwner(path);
      ByteBuffer rest = ByteBuffer.wrap(mark.text().getBytes(UTF_8));
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The file that holds GRUB's environment block. It is changed in place, by one write and an fsync,
 * as {@code grub-editenv} does it, for three reasons: GRUB replays no journal, so it might not see
 * a new file; on FAT a rename is not atomic; and a full file system must not prevent that a slot is
 * marked good. Links are followed.
 *
 * <p>Writers hold the work lock.
 *
 * @param path the path of the file
 */
public record BootEnvironmentFile(Path path) {
  /** No device has a larger block; of a larger file, this start is the block. */
  private static final int MAX_BYTES = 1024 * 1024;

  /** As many as Linux follows. */
  private static final int MAX_LINKS = 40;

  /** Reads the environment. */
  public BootEnvironment read() throws Failure {
    return parse(content());
  }

  private BootEnvironment parse(Optional<byte[]> content) throws Failure {
    if (content.isEmpty()) {
      throw Failure.at(path, "does not exist");
    }
    try {
      return BootEnvironment.parse(content.get());
    } catch (Failure e) {
      throw e.at(path);
    }
  }

  /**
   * Returns whether {@link #settle} replaces the environment: it is known to be missing or damaged,
   * and not only unreadable.
   */
  public boolean isReplaceable() {
    try {
      Optional<byte[]> content = content();
      return content.isEmpty() || !isValid(content.get());
    } catch (Failure e) {
      return false;
    }
  }

  private static boolean isValid(byte[] content) {
    try {
      BootEnvironment.parse(content);
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  /**
   * Returns the environment after making it durable, because a process may have been killed between
   * its write and its fsync. One that is missing or damaged is replaced, with a warning; the keys of
   * other programs are kept if there is room for them.
   *
   * @param running the slot that boots next if the file does not say it
   * @param tries the boots of a slot that is not marked good
   * @param warnings takes each warning
   */
  public BootEnvironment settle(Slot running, int tries, Consumer<String> warnings) throws Failure {
    Optional<byte[]> content = content();
    BootEnvironment environment;
    try {
      environment = parse(content);
    } catch (Failure damage) {
      Optional<GrubEnvironmentBlock> others = content.flatMap(GrubEnvironmentBlock::parse);
      BootEnvironment keeping = BootEnvironment.replacement(running, tries, others);
      boolean isRoom = fits(keeping);
      warnings.accept("%s; replaced by a new one: slot %s boots next and is not marked good%s"
          .formatted(
              damage.message(), running, isRoom ? "" : "; the keys of other programs are lost"));
      return write(
          isRoom ? keeping : BootEnvironment.replacement(running, tries, Optional.empty()));
    }
    if (environment.isSound() || !fits(environment)) {
      synchronize(content.orElseThrow());
      return environment;
    }
    warnings.accept(path + ": GRUB cannot change its block; written again with the same values");
    return write(environment);
  }

  private static boolean fits(BootEnvironment environment) {
    try {
      environment.toBytes();
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  /** Makes what was read durable; of a file system that is mounted read-only, too. */
  private void synchronize(byte[] content) throws Failure {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      rewrite(content, e);
      throw Failure.at(path, e);
    }
  }

  /**
   * Gives the kernel the same bytes again, without an fsync: after a failed one it treats its copy
   * as written, and the fsync of the next command would succeed without a write.
   */
  private void rewrite(byte[] content, IOException cause) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      overwrite(channel, content);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Writes an environment durably, and returns it. */
  public BootEnvironment write(BootEnvironment environment) throws Failure {
    write(bytes(environment));
    return environment;
  }

  /** Throws if an environment, such as one for a switch, does not fit into the file. */
  public void requireRoom(BootEnvironment environment) throws Failure {
    bytes(environment);
  }

  private byte[] bytes(BootEnvironment environment) throws Failure {
    try {
      return environment.toBytes();
    } catch (Failure e) {
      throw e.at(path);
    }
  }

  /** Returns the bytes of the block, or none if it does not exist. Its directory must exist. */
  Optional<byte[]> content() throws Failure {
    Optional<BasicFileAttributes> found = attributes(path);
    if (found.isPresent() && found.get().isRegularFile()) {
      return Optional.of(SmallFile.readStart(path, MAX_BYTES));
    }
    if (found.isPresent()) {
      throw Failure.at(path, "is not a regular file");
    }
    boolean isLink = Files.isSymbolicLink(path);
    if (attributes(destination().resolveSibling(".")).isEmpty()) {
      throw Failure.at(
          path,
          (isLink ? "is a link to a file that does not exist; " : "")
              + "its directory does not exist; is the boot partition mounted?");
    }
    return Optional.empty();
  }

  /** Returns what a path leads to; none if it does not exist. Throws if that is not known. */
  private Optional<BasicFileAttributes> attributes(Path found) throws Failure {
    try {
      return Optional.of(Files.readAttributes(found, BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      destination();
      throw Failure.at(path, e);
    }
  }

  /** Returns the path that links lead to; the file need not exist there. */
  private Path destination() throws Failure {
    Path destination = path;
    try {
      for (int links = 0; Files.isSymbolicLink(destination); links++) {
        if (links == MAX_LINKS) {
          throw Failure.at(path, "too many levels of links");
        }
        destination = destination.resolveSibling(Files.readSymbolicLink(destination));
      }
      return destination;
    } catch (IOException e) {
      throw Failure.at(path, e);
    }
  }

  /** Writes the whole content durably. */
  void write(byte[] bytes) throws Failure {
    Optional<byte[]> before = content();
    Path destination = destination();
    try (FileChannel channel = open(destination, before.isPresent())) {
      overwrite(channel, bytes);
      force(channel, before);
    } catch (IOException e) {
      throw Failure.at(path, e);
    }
    if (before.isEmpty()) {
      SmallFile.syncDirectory(destination.resolveSibling("."));
    }
  }

  private static FileChannel open(Path destination, boolean exists) throws IOException {
    if (exists) {
      return FileChannel.open(destination, StandardOpenOption.WRITE);
    }
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-r--r--");
    FileChannel created = FileChannel.open(
        destination,
        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
        PosixFilePermissions.asFileAttribute(mode));
    try {
      Files.setPosixFilePermissions(destination, mode); // whatever the umask is
    } catch (IOException e) {
      // FAT has no modes: who may read is an option of the mount.
    }
    return created;
  }

  private static void overwrite(FileChannel channel, byte[] bytes) throws IOException {
    channel.position(0);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    channel.truncate(bytes.length);
  }

  /**
   * Makes the write durable. After a failed fsync the kernel treats the new content as written.
   * So the old content is restored, and the next command writes again instead of reading what may
   * be lost.
   */
  private static void force(FileChannel channel, Optional<byte[]> before) throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      try {
        overwrite(channel, before.orElse(new byte[0]));
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }
}

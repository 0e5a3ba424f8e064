package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.agent.io.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The two slots: images of a fixed size, as partitions are, and beside each a note of its content. A
 * slot is whole if its note exists and the image begins with what the note says.
 */
public final class Slots {
  private static final int CHUNK = 256 * 1024;

  private final Path dir;

  /** Uses the slots in a directory. */
  public Slots(Path dir) {
    this.dir = dir;
  }

  /** Returns the image of a slot. */
  public Path image(Slot slot) {
    return dir.resolve(slot.letter() + ".img");
  }

  /** Returns the note of a slot. */
  public Path note(Slot slot) {
    return dir.resolve(slot.letter() + ".json");
  }

  /** Makes durable the notes of a process that may have died before it synced them. */
  public void sync() throws Failure {
    SmallFile.syncDirectory(dir);
  }

  /** Returns what the note of a slot says. */
  public SlotContent content(Slot slot) throws Failure {
    if (Files.notExists(note(slot))) {
      throw Failure.at(note(slot), "is missing: the content of slot " + slot + " is unknown");
    }
    return SmallFile.readJson(note(slot), SlotContent::of);
  }

  /** Returns what the note of a slot says, or none if there is no valid note. */
  public Optional<SlotContent> knownContent(Slot slot) {
    try {
      return Optional.of(content(slot));
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** Returns what the note of a slot says, if the image agrees. Reads the whole image. */
  public SlotContent verifiedContent(Slot slot) throws Failure {
    SlotContent content = content(slot);
    try (FileChannel image = FileChannel.open(image(slot), StandardOpenOption.READ)) {
      if (!Sha256.of(image, content.size()).equals(content.sha256())) {
        throw Failure.at(
            image(slot), "does not hold " + content.version() + ", which its note names");
      }
      return content;
    } catch (IOException e) {
      throw failure(slot, e);
    }
  }

  /** Returns whether a slot has a content in its note and in its image. */
  public boolean holds(Slot slot, SlotContent content) {
    if (!knownContent(slot).equals(Optional.of(content))) {
      return false;
    }
    try {
      verifiedContent(slot);
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  /** Throws if a slot has no room for a content. */
  public void requireRoom(Slot slot, SlotContent content) throws Failure {
    try (FileChannel image = FileChannel.open(image(slot), StandardOpenOption.READ)) {
      requireRoom(slot, image, content);
    } catch (IOException e) {
      throw failure(slot, e);
    }
  }

  private void requireRoom(Slot slot, FileChannel image, SlotContent content)
      throws IOException, Failure {
    if (image.size() < content.size()) {
      throw Failure.of(
          Failure.Kind.OFFER,
          "%s: slot %s has room for %d bytes; %s has %d"
              .formatted(image(slot), slot, image.size(), content.version(), content.size()));
    }
  }

  /**
   * Overwrites a slot, which must be the passive one. Until this returns, the slot is not whole.
   *
   * @param file the image, which may have changed since it was verified
   */
  public void write(Slot slot, Path file, SlotContent content) throws Failure {
    SmallFile.remove(note(slot));
    String sha256 = copy(slot, file, content);
    if (!sha256.equals(content.sha256())) {
      throw Failure.at(file, "changed after it was verified: its SHA-256 is now " + sha256);
    }
    SmallFile.replace(note(slot), content.toJson());
  }

  private String copy(Slot slot, Path file, SlotContent content) throws Failure {
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
      try (FileChannel to = FileChannel.open(image(slot), StandardOpenOption.WRITE)) {
        requireRoom(slot, to, content);
        String sha256 = pump(from, to, content.size());
        to.force(true);
        return sha256;
      } catch (IOException e) {
        throw failure(slot, e);
      }
    } catch (IOException e) {
      throw Failure.at(file, e);
    }
  }

  private static String pump(FileChannel from, FileChannel to, long size) throws IOException {
    Sha256 sha256 = new Sha256();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    long done = 0;
    while (done < size && from.read(buffer.clear().limit((int) Math.min(CHUNK, size - done))) > 0) {
      buffer.flip();
      sha256.update(buffer.duplicate());
      done += buffer.remaining();
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
    }
    return sha256.digits();
  }

  private Failure failure(Slot slot, IOException e) {
    return Files.notExists(image(slot))
        ? Failure.at(image(slot), "slot " + slot + " is missing")
        : Failure.at(image(slot), e);
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.agent.io.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The two slots: image files of a fixed size or block devices, and for each a note of its content.
 * A slot is whole if its note exists and the slot begins with the content of the note.
 */
public final class Slots {
  private static final int CHUNK = 256 * 1024;
  private static final int MAX_NOTE_BYTES = 64 * 1024;

  private final Map<Slot, Path> images;
  private final Path notes;
  private final SystemFiles system;

  Slots(Map<Slot, Path> images, Path notes, SystemFiles system) {
    this.images = Map.copyOf(images);
    this.notes = notes;
    this.system = system;
  }

  /** Uses the image files and notes in a directory. */
  public Slots(Path dir) {
    this(Map.of(Slot.A, dir.resolve("a.img"), Slot.B, dir.resolve("b.img")), dir, SystemFiles.HOST);
  }

  /** Returns the image file or the block device of a slot. */
  public Path image(Slot slot) {
    return Objects.requireNonNull(images.get(slot));
  }

  /** Returns the note of a slot. */
  public Path note(Slot slot) {
    return notes.resolve(slot.letter() + ".json");
  }

  /**
   * Returns the number of the partition that a slot is on; none if it is on no partition, or it is not known
   * on which one.
   */
  Optional<String> partition(Slot slot) {
    try {
      SlotStorage.requireOnlyOne(image(slot), system);
      return Optional.of(SlotStorage.at(image(slot)).partition(system))
          .filter(number -> !number.isEmpty());
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** Makes notes durable, because another process may have ended before it synced them. */
  public void sync() throws Failure {
    if (Files.isDirectory(notes)) {
      SmallFile.syncDirectory(notes);
    }
  }

  /** Returns what the note of a slot says. */
  public SlotContent content(Slot slot) throws Failure {
    return readNote(slot).content();
  }

  /** Returns the failure for a slot whose version is unknown. */
  public Failure unknownContent(Slot slot) {
    try {
      readNote(slot);
      return Failure.at(note(slot), "was written in the meantime; try again");
    } catch (Failure e) {
      return e;
    }
  }

  private SlotNote readNote(Slot slot) throws Failure {
    if (Files.notExists(note(slot))) {
      throw Failure.at(note(slot), "is missing: the content of slot " + slot + " is unknown")
          .as(Failure.Kind.CONTENT);
    }
    byte[] bytes = SmallFile.readStart(note(slot), MAX_NOTE_BYTES); // a longer one is not valid
    try {
      return SlotNote.of(JsonObject.parse(bytes));
    } catch (Failure e) {
      throw e.at(note(slot)).as(Failure.Kind.CONTENT);
    }
  }

  /** Returns what the note of a slot says; none if there is no valid note, or it cannot be read. */
  public Optional<SlotContent> knownContent(Slot slot) {
    try {
      return notedContent(slot);
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /**
   * Returns what the note of a slot says, or none if there is no valid note. Throws if the note cannot be
   * read, which says nothing about the content of the slot.
   */
  Optional<SlotContent> notedContent(Slot slot) throws Failure {
    try {
      return Optional.of(content(slot));
    } catch (Failure e) {
      if (e.kind() == Failure.Kind.CONTENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Returns the content in the note of a slot, if the image matches it. Reads the whole image. */
  public SlotContent verifiedContent(Slot slot) throws Failure {
    SlotContent content = content(slot);
    try (FileChannel image = open(slot, StandardOpenOption.READ)) {
      if (!Sha256.of(image, content.size()).equals(content.sha256())) {
        throw Failure.at(
                image(slot), "does not hold " + content.version() + ", which its note names")
            .as(Failure.Kind.CONTENT);
      }
      return content;
    } catch (IOException e) {
      throw failure(slot, e);
    }
  }

  /** Returns whether a slot begins with the content of its note. Reads the whole image. */
  public boolean isWhole(Slot slot) {
    return fault(slot).isEmpty();
  }

  /**
   * Returns why a slot is not known to be whole: it is damaged ({@link Failure.Kind#CONTENT}), or cannot be
   * read; none if it is whole. Reads the whole image.
   */
  Optional<Failure> fault(Slot slot) {
    try {
      verifiedContent(slot);
      return Optional.empty();
    } catch (Failure e) {
      return Optional.of(e);
    }
  }

  /** Returns whether a slot has a content in its note and in its image. */
  public boolean holds(Slot slot, SlotContent content) {
    return knownContent(slot).equals(Optional.of(content)) && isWhole(slot);
  }

  /**
   * Returns what the last health check found about the content of a slot: it passed, or failed in
   * all its tries; none if this content was not checked.
   */
  public Optional<CheckResult> checkResult(Slot slot) {
    try {
      return readNote(slot).check();
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /**
   * Notes durably that a slot holds a version, if no valid note says what it holds. Reads the whole
   * slot only if it writes a note.
   */
  public void noteUnlessKnown(Slot slot, String version) throws Failure {
    if (notedContent(slot).isEmpty()) {
      noteContent(slot, version);
    }
  }

  /**
   * Notes durably that a slot holds a version, if the slot is not whole. Reads the whole slot. After
   * this the slot is whole.
   */
  public void noteUnlessWhole(Slot slot, String version) throws Failure {
    if (!isWhole(slot)) {
      noteContent(slot, version);
    }
  }

  /** Notes durably that all bytes of a slot are the content of a version. */
  private void noteContent(Slot slot, String version) throws Failure {
    try (FileChannel image = open(slot, StandardOpenOption.READ)) {
      long size = image.size();
      SlotContent content = new SlotContent(version, size, Sha256.of(image, size));
      SmallFile.createDirectory(notes);
      SmallFile.replace(note(slot), content.toJson());
    } catch (IOException e) {
      throw failure(slot, e);
    }
  }

  /** Notes durably what a health check found about a slot. Does nothing if the slot has no note. */
  public void noteCheck(Slot slot, CheckResult result) throws Failure {
    noteCheck(slot, Optional.of(result));
  }

  /** Removes durably what the last health check found about a slot, before it is tried again. */
  public void forgetCheck(Slot slot) throws Failure {
    noteCheck(slot, Optional.empty());
  }

  private void noteCheck(Slot slot, Optional<CheckResult> result) throws Failure {
    if (Files.notExists(note(slot))) {
      return;
    }
    SlotNote note = readNote(slot);
    if (!note.check().equals(result)) {
      SmallFile.replace(note(slot), note.with(result).toJson());
    }
  }

  /**
   * Throws unless a content may be written to a slot: the slot can be written and has room for it, it is
   * not the running slot by another name, and it is not in use.
   *
   * @param slot the slot to write
   * @param running the slot that runs
   */
  public void requireWritable(Slot slot, Slot running, SlotContent content) throws Failure {
    if (Files.notExists(image(slot))) {
      throw Failure.at(image(slot), "slot " + slot + " is missing");
    }
    SlotStorage.requireOnlyOne(image(slot), system);
    SlotStorage storage = SlotStorage.at(image(slot));
    SlotStorage other = runningStorage(slot, running);
    if (slot == running || storage.overlaps(other, system)) {
      throw Failure.at(image(slot), "is the slot that runs, which is never written");
    }
    storage.requireDiskOf(other, system);
    storage.requireWritable(system);
    storage.requireUnused(system);
    try (FileChannel image = open(slot, StandardOpenOption.WRITE)) {
      requireRoom(slot, image, content);
    } catch (IOException e) {
      throw failure(slot, e);
    }
  }

  /** Returns where the running slot is. Unless it is known, the other one may be the same by another name. */
  private SlotStorage runningStorage(Slot slot, Slot running) throws Failure {
    try {
      SlotStorage.requireOnlyOne(image(running), system);
      return SlotStorage.at(image(running));
    } catch (Failure e) {
      throw Failure.of(
          "slot %s is not written, because it is not known where slot %s is, which runs: %s"
              .formatted(slot, running, e.message()));
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
   * Overwrites a slot durably. Until this returns, the slot is not whole.
   *
   * @param slot the slot to write
   * @param running the slot that runs
   * @param file the image, which may have changed since it was verified
   */
  public void write(Slot slot, Slot running, Path file, SlotContent content) throws Failure {
    requireWritable(slot, running, content);
    SmallFile.remove(note(slot));
    String sha256 = copy(slot, file, content);
    if (!sha256.equals(content.sha256())) {
      throw Failure.at(file, "changed after it was verified: its SHA-256 is now " + sha256);
    }
    SmallFile.createDirectory(notes);
    SmallFile.replace(note(slot), content.toJson());
  }

  private String copy(Slot slot, Path file, SlotContent content) throws Failure {
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
      try (FileChannel to = open(slot, StandardOpenOption.WRITE)) {
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

  /** Opens the storage of a slot. Throws if its label does not say which one that is. */
  private FileChannel open(Slot slot, StandardOpenOption option) throws IOException, Failure {
    SlotStorage.requireOnlyOne(image(slot), system);
    return FileChannel.open(image(slot), option);
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

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.agent.io.SmallFile;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The two slots: images of a fixed size, as partitions are, and beside each a note of what is in
 * it. A slot is whole if its note is there and the image begins with what the note says.
 */
public final class Slots {
  private static final int CHUNK = 256 * 1024;

  private final Path dir;

  public Slots(Path dir) {
    this.dir = dir;
  }

  public Path image(Slot slot) {
    return dir.resolve(slot.letter() + ".img");
  }

  public Path note(Slot slot) {
    return dir.resolve(slot.letter() + ".json");
  }

  /** Makes durable what a predecessor has noted, who may have died over it. */
  public Either<Failure, Path> settle() {
    return SmallFile.settle(dir);
  }

  /** What the note says. */
  public Either<Failure, SlotContent> content(Slot slot) {
    return Files.notExists(note(slot))
        ? Either.left(Failure.at(note(slot), "is missing: nobody knows what is in slot " + slot))
        : SmallFile.readJson(note(slot), SlotContent::of);
  }

  /** What the note says, if the image agrees. Reads the whole image. */
  public Either<Failure, SlotContent> whole(Slot slot) {
    return content(slot).flatMap(content -> agrees(slot, content));
  }

  private Either<Failure, SlotContent> agrees(Slot slot, SlotContent content) {
    try (FileChannel image = FileChannel.open(image(slot), StandardOpenOption.READ)) {
      return Sha256.of(image, content.size()).equals(content.sha256())
          ? Either.right(content)
          : Either.left(Failure.at(
              image(slot), "does not hold the " + content.version() + " that its note tells of"));
    } catch (IOException e) {
      return Either.left(trouble(slot, e));
    }
  }

  /** The content, if the slot has room for it. */
  public Either<Failure, SlotContent> fitting(Slot slot, SlotContent content) {
    try (FileChannel image = FileChannel.open(image(slot), StandardOpenOption.READ)) {
      return image.size() >= content.size()
          ? Either.right(content)
          : Either.left(tooSmall(slot, image.size(), content));
    } catch (IOException e) {
      return Either.left(trouble(slot, e));
    }
  }

  /**
   * Overwrites a slot, which must be the passive one. Until this returns, the slot is not whole.
   *
   * @param file the image, which may have changed since it was verified
   */
  public Either<Failure, SlotContent> write(Slot slot, Path file, SlotContent content) {
    return SmallFile.remove(note(slot))
        .flatMap(gone -> copy(slot, file, content))
        .filterOrElse(
            content.sha256()::equals,
            other -> Failure.at(file, "changed after it was verified: its SHA-256 is now " + other))
        .flatMap(verified -> SmallFile.replace(note(slot), content.toJson()))
        .map(noted -> content);
  }

  private Either<Failure, String> copy(Slot slot, Path file, SlotContent content) {
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
      try (FileChannel to = FileChannel.open(image(slot), StandardOpenOption.WRITE)) {
        if (to.size() < content.size()) {
          return Either.left(tooSmall(slot, to.size(), content));
        }
        String sha256 = pump(from, to, content.size());
        to.force(true);
        return Either.right(sha256);
      } catch (IOException e) {
        return Either.left(trouble(slot, e));
      }
    } catch (IOException e) {
      return Either.left(Failure.at(file, e));
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

  private Failure tooSmall(Slot slot, long capacity, SlotContent content) {
    return Failure.at(
        image(slot),
        "slot %s has room for %d bytes; %s has %d"
            .formatted(slot, capacity, content.version(), content.size()));
  }

  private Failure trouble(Slot slot, IOException e) {
    return Files.notExists(image(slot))
        ? Failure.at(image(slot), "slot " + slot + " is missing")
        : Failure.at(image(slot), e);
  }
}

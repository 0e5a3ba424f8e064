package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.vavr.control.Either;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the boot loader goes by. A slot that is not marked good has as many boots as the counter
 * says; then the other slot gets its chance.
 *
 * <p>Immutable.
 *
 * @param active the slot that boots next
 * @param counter boots left to a slot that is not marked good
 * @param good whether the active slot is marked good
 * @param block all keys, those that are others' business too
 */
public record BootEnvironment(Slot active, int counter, boolean good, GrubEnvironmentBlock block) {
  private static final String ACTIVE_SLOT = "active_slot";
  private static final String BOOT_COUNTER = "boot_counter";
  private static final String BOOT_SUCCESS = "boot_success";

  /** A fresh device's: the slot is marked good. */
  public static BootEnvironment of(Slot active, int tries) {
    return new BootEnvironment(active, tries, true, GrubEnvironmentBlock.empty());
  }

  public static Either<Failure, BootEnvironment> read(Path file) {
    return SmallFile.read(file)
        .flatMap(bytes -> GrubEnvironmentBlock.parse(bytes)
            .flatMap(BootEnvironment::of)
            .mapLeft(problem -> Failure.at(file, problem + "; see grub-editenv(1)")));
  }

  private static Either<String, BootEnvironment> of(GrubEnvironmentBlock block) {
    String letter = block.get(ACTIVE_SLOT).getOrElse("");
    return Slot.of(letter)
        .toEither("active_slot is \"" + letter + "\", neither a nor b")
        .map(active -> new BootEnvironment(active, counter(block), isGood(block), block));
  }

  /** A counter that cannot be read is at its end, as for the boot loader's script. */
  private static int counter(GrubEnvironmentBlock block) {
    return block
        .get(BOOT_COUNTER)
        .filter(digits -> digits.matches("[0-9]{1,9}"))
        .map(Integer::parseInt)
        .getOrElse(0);
  }

  private static boolean isGood(GrubEnvironmentBlock block) {
    return block.get(BOOT_SUCCESS).contains("1");
  }

  /** Boot this slot next, on trial. */
  public BootEnvironment switchedTo(Slot slot, int tries) {
    return new BootEnvironment(slot, tries, false, block);
  }

  public BootEnvironment markedGood(int tries) {
    return new BootEnvironment(active, tries, true, block);
  }

  /**
   * What the boot loader's script makes of this before it starts the active slot: a boot that is
   * not confirmed afterwards counts, and the one after the last goes to the other slot.
   */
  BootEnvironment booting(int tries) {
    if (good) {
      return new BootEnvironment(active, counter, false, block);
    }
    return counter == 0
        ? switchedTo(active.other(), tries)
        : new BootEnvironment(active, counter - 1, false, block);
  }

  /** The block with these values, or why they do not fit. */
  public Either<String, byte[]> bytes() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(ACTIVE_SLOT, active.letter());
    values.put(BOOT_COUNTER, Integer.toString(counter));
    values.put(BOOT_SUCCESS, good ? "1" : "0");
    return block.with(values).bytes();
  }

  /** Replaces the file in one step that a power cut cannot divide. */
  public Either<Failure, BootEnvironment> save(Path file) {
    return bytes()
        .mapLeft(problem -> Failure.at(file, problem))
        .flatMap(bytes -> SmallFile.replace(file, bytes))
        .map(written -> this);
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The boot loader's variables. A slot that is not marked good has as many boots as the counter says;
 * then the boot loader switches to the other slot.
 *
 * <p>Immutable.
 *
 * @param active the slot that boots next
 * @param counter boots left to a slot that is not marked good
 * @param good whether the active slot is marked good
 * @param block all keys, also those of other programs
 */
public record BootEnvironment(Slot active, int counter, boolean good, GrubEnvironmentBlock block) {
  private static final String ACTIVE_SLOT = "active_slot";
  private static final String BOOT_COUNTER = "boot_counter";
  private static final String BOOT_SUCCESS = "boot_success";

  /** Returns the variables of a new device, whose slot is marked good. */
  public static BootEnvironment of(Slot active, int tries) {
    return new BootEnvironment(active, tries, true, GrubEnvironmentBlock.empty());
  }

  /** Reads the environment block. */
  public static BootEnvironment read(Path file) throws Failure {
    byte[] bytes = SmallFile.read(file);
    try {
      return of(GrubEnvironmentBlock.parse(bytes));
    } catch (Failure e) {
      throw Failure.at(file, e.message() + "; see grub-editenv(1)");
    }
  }

  private static BootEnvironment of(GrubEnvironmentBlock block) throws Failure {
    String letter = block.get(ACTIVE_SLOT).orElse("");
    Optional<Slot> active = Slot.of(letter);
    if (active.isEmpty()) {
      throw Failure.of("active_slot is \"" + letter + "\", neither a nor b");
    }
    return new BootEnvironment(active.get(), counter(block), isGood(block), block);
  }

  /** Returns 0 for an invalid counter, as the boot loader's script does. */
  private static int counter(GrubEnvironmentBlock block) {
    return block
        .get(BOOT_COUNTER)
        .filter(digits -> digits.matches("[0-9]{1,9}"))
        .map(Integer::parseInt)
        .orElse(0);
  }

  private static boolean isGood(GrubEnvironmentBlock block) {
    return block.get(BOOT_SUCCESS).equals(Optional.of("1"));
  }

  /** Returns the variables with which a slot boots next, on trial. */
  public BootEnvironment switchedTo(Slot slot, int tries) {
    return new BootEnvironment(slot, tries, false, block);
  }

  /** Returns the variables with which the active slot is marked good. */
  public BootEnvironment markedGood(int tries) {
    return new BootEnvironment(active, tries, true, block);
  }

  /**
   * Returns what the boot loader's script makes of this before it starts the active slot: a boot
   * that is not confirmed afterwards counts, and the one after the last goes to the other slot.
   */
  BootEnvironment booting(int tries) {
    if (good) {
      return new BootEnvironment(active, counter, false, block);
    }
    return counter == 0
        ? switchedTo(active.other(), tries)
        : new BootEnvironment(active, counter - 1, false, block);
  }

  /** Returns the block with these values. */
  public byte[] bytes() throws Failure {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(ACTIVE_SLOT, active.letter());
    values.put(BOOT_COUNTER, Integer.toString(counter));
    values.put(BOOT_SUCCESS, good ? "1" : "0");
    return block.with(values).bytes();
  }

  /** Replaces the file atomically. */
  public void save(Path file) throws Failure {
    byte[] bytes;
    try {
      bytes = bytes();
    } catch (Failure e) {
      throw e.at(file);
    }
    SmallFile.replace(file, bytes);
  }
}

package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Sha256;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the agent reads from and writes to GRUB's environment block. A slot that is not marked good
 * has as many boots as the counter says; then GRUB makes the other slot the active one.
 *
 * <p>Immutable.
 *
 * @param active the slot that boots next
 * @param counter the boots left to a slot that is not marked good
 * @param good whether the active slot is marked good
 * @param updateTarget the id of the version that the last switch was for, see {@link #targetId};
 *     none once a slot was marked good
 * @param upperCase whether the slot is written as A or B instead of a or b
 * @param block the block that this was read from, with the keys of others
 */
public record BootEnvironment(
    Slot active,
    int counter,
    boolean good,
    Optional<String> updateTarget,
    boolean upperCase,
    GrubEnvironmentBlock block) {
  static final String ACTIVE_SLOT = "active_slot";
  static final String BOOT_COUNTER = "boot_counter";
  static final String BOOT_SUCCESS = "boot_success";
  private static final String UPDATE_TARGET = "update_target";
  private static final Set<String> NAMES =
      Set.of(ACTIVE_SLOT, BOOT_COUNTER, BOOT_SUCCESS, UPDATE_TARGET);

  /** The longest version that is written as it is. */
  private static final int MAX_PLAIN = 64;

  /** Returns the environment of a device whose active slot is marked good. */
  public static BootEnvironment of(Slot active, int tries) {
    return replacement(active, tries, Optional.empty()).markedGood(tries);
  }

  /**
   * Returns an environment that replaces one that is lost: its slot is not marked good.
   *
   * @param block the block whose other keys are kept, none if they are lost too
   */
  static BootEnvironment replacement(Slot active, int tries, Optional<GrubEnvironmentBlock> block) {
    return new BootEnvironment(
        active,
        tries,
        false,
        Optional.empty(),
        false,
        block.orElseGet(GrubEnvironmentBlock::empty));
  }

  /** Parses the bytes of a grubenv file. The failure does not name the file. */
  static BootEnvironment parse(byte[] bytes) throws Failure {
    Optional<GrubEnvironmentBlock> block = GrubEnvironmentBlock.parse(bytes);
    if (block.isEmpty()) {
      throw Failure.of("is not a GRUB environment block");
    }
    if (block.get().size() < GrubEnvironmentBlock.SIZE) {
      throw Failure.of("has %d bytes; a GRUB environment block has %d"
          .formatted(block.get().size(), GrubEnvironmentBlock.SIZE));
    }
    return of(block.get());
  }

  private static BootEnvironment of(GrubEnvironmentBlock block) throws Failure {
    String letter = block.get(ACTIVE_SLOT).orElse("");
    Optional<Slot> active = Slot.of(letter);
    if (active.isEmpty()) {
      throw Failure.of("active_slot is \"" + letter + "\", neither a nor b");
    }
    return new BootEnvironment(
        active.get(),
        counter(block),
        block.get(BOOT_SUCCESS).equals(Optional.of("1")),
        block.get(UPDATE_TARGET),
        Character.isUpperCase(letter.charAt(0)),
        block);
  }

  /** Returns the counter. Like GRUB's script, reads one that is not a digit as 0. */
  private static int counter(GrubEnvironmentBlock block) {
    return block
        .get(BOOT_COUNTER)
        .filter(digits -> digits.matches("[0-9]"))
        .map(Integer::parseInt)
        .orElse(0);
  }

  /**
   * Returns the value of {@code update_target} for a version: the version itself if it is at
   * most 64 printable ASCII characters without a backslash, else {@code sha256-} and the digest
   * of its UTF-8.
   */
  public static String targetId(String version) {
    boolean plain = version.length() <= MAX_PLAIN
        && version.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '\\');
    return plain ? version : "sha256-" + Sha256.of(version.getBytes(UTF_8));
  }

  /** Returns whether the last switch was for this version, and no slot was marked good since. */
  public boolean isTarget(String version) {
    return updateTarget.equals(Optional.of(targetId(version)));
  }

  /** Returns the environment that boots this slot next, on trial, because of the version in it. */
  public BootEnvironment switchedTo(Slot slot, String version, int tries) {
    return new BootEnvironment(
        slot, tries, false, Optional.of(targetId(version)), upperCase, block);
  }

  /** Returns the environment with the active slot marked good. */
  public BootEnvironment markedGood(int tries) {
    return new BootEnvironment(active, tries, true, Optional.empty(), upperCase, block);
  }

  /** Returns the environment with the active slot marked good, and the trace of the last switch. */
  public BootEnvironment markedGoodWithTarget(int tries) {
    return new BootEnvironment(active, tries, true, updateTarget, upperCase, block);
  }

  /** Returns the environment without a target, as it must be before a new switch. */
  public BootEnvironment withoutTarget() {
    return new BootEnvironment(active, counter, good, Optional.empty(), upperCase, block);
  }

  /**
   * Returns whether GRUB can change the block and read back what it wrote, and whether an
   * interrupted write leaves either the old or the new values of all our keys.
   */
  boolean isSound() {
    return block.canSave(Set.of(ACTIVE_SLOT, BOOT_COUNTER, BOOT_SUCCESS))
        && block.areInFirstSector(NAMES);
  }

  /** Returns the bytes of a grubenv file with these values. Throws if they don't fit. */
  public byte[] toBytes() throws Failure {
    Map<String, String> values = new LinkedHashMap<>();
    String letter = active.letter();
    values.put(ACTIVE_SLOT, upperCase ? letter.toUpperCase(Locale.ROOT) : letter);
    values.put(BOOT_COUNTER, Integer.toString(counter));
    values.put(BOOT_SUCCESS, good ? "1" : "0");
    updateTarget.ifPresent(target -> values.put(UPDATE_TARGET, target));
    return block.rewritten(values, NAMES).bytes();
  }
}

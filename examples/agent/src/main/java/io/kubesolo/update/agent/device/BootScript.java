package io.kubesolo.update.agent.device;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code grub.cfg} does with the environment block at a boot, as a pure function.
 *
 * @param saved the block that the script writes; none if GRUB cannot read or change it
 * @param order the slots whose kernels are tried; if none can be loaded, the device reboots
 */
record BootScript(Optional<GrubEnvironmentBlock> saved, List<Slot> order) {
  /** The boots of a slot that the script falls back to. */
  private static final String ALL_BOOTS = "3";

  /** Runs the script on the bytes of grubenv, none if there is no such file. */
  static BootScript run(Optional<byte[]> grubenv) {
    Optional<GrubEnvironmentBlock> block = grubenv.flatMap(GrubEnvironmentBlock::parse);
    String active = value(block, BootEnvironment.ACTIVE_SLOT, "");
    String success = value(block, BootEnvironment.BOOT_SUCCESS, "0");
    String counter = value(block, BootEnvironment.BOOT_COUNTER, "");
    if (Slot.of(active).isEmpty()) {
      active = "a";
      success = "1";
      counter = ALL_BOOTS;
    }
    if (!success.equals("1")) {
      boolean boots = counter.matches("[1-9]");
      active = boots ? active : other(active);
      counter = boots ? Integer.toString(Integer.parseInt(counter) - 1) : ALL_BOOTS;
    }
    Map<String, String> values = new LinkedHashMap<>();
    values.put(BootEnvironment.ACTIVE_SLOT, active);
    values.put(BootEnvironment.BOOT_SUCCESS, success.equals("1") ? "0" : success);
    values.put(BootEnvironment.BOOT_COUNTER, counter);
    Optional<GrubEnvironmentBlock> saved = block.flatMap(read -> read.saved(values));
    Slot slot = Slot.of(active).get();
    return new BootScript(saved, saved.isPresent() ? List.of(slot) : List.of(slot, slot.other()));
  }

  private static String value(Optional<GrubEnvironmentBlock> block, String key, String otherwise) {
    return block.flatMap(read -> read.get(key)).orElse(otherwise);
  }

  private static String other(String letter) {
    return switch (letter) {
      case "a" -> "b";
      case "b" -> "a";
      case "A" -> "B";
      default -> "A";
    };
  }
}

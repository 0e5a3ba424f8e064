package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Boots of simulated devices in which GRUB itself runs {@code grub.cfg}, once for each environment block.
 * Fails if GRUB does anything else than {@link BootScript}. Safe for use by several threads.
 */
public final class GrubBoots {
  private final Map<String, BootScript> known = new HashMap<>();
  private final GrubEmulator both;
  private final Map<Slot, GrubEmulator> only = new HashMap<>();

  /** Makes the disks of GRUB in a directory. */
  public GrubBoots(Path dir) {
    try {
      both = new GrubEmulator(dir.resolve("both"), EnumSet.allOf(Slot.class));
      for (Slot slot : Slot.values()) {
        only.put(slot, new GrubEmulator(dir.resolve("only-" + slot), Set.of(slot)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void assumePresent() {
    GrubEmulator.TOOLS.forEach(Tools::assumePresent);
  }

  /** Prepares the boot of a device. */
  public BootSimulator simulator(Device device) {
    return new BootSimulator(device, Duration.ZERO, line -> {}, this::run);
  }

  /** Returns how many different environment blocks GRUB was started with. */
  public synchronized int blocks() {
    return known.size();
  }

  private synchronized BootScript run(Optional<byte[]> grubenv) {
    return known.computeIfAbsent(shown(grubenv), any -> {
      try {
        return runGrub(grubenv);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private BootScript runGrub(Optional<byte[]> before) throws IOException {
    List<Slot> order = new ArrayList<>();
    Optional<byte[]> after = start(both, before, order);
    assertThat(order).as("slots that GRUB starts on %s", shown(before)).hasSize(1);
    Optional<byte[]> afterOther =
        start(requireNonNull(only.get(order.get(0).other())), before, order);
    assertThat(shown(afterOther)).as("without the first kernel").isEqualTo(shown(after));

    BootScript simulated = BootScript.run(before);
    Optional<byte[]> expected =
        simulated.saved().map(GrubEnvironmentBlock::bytes).or(() -> before);
    assertThat(shown(after)).as("what GRUB leaves of %s", shown(before)).isEqualTo(shown(expected));
    assertThat(order)
        .as("slots that GRUB starts on %s", shown(before))
        .isEqualTo(simulated.order());
    boolean isSaved = !shown(after).equals(shown(before));
    return new BootScript(
        isSaved ? after.flatMap(GrubEnvironmentBlock::parse) : Optional.empty(), order);
  }

  /** Starts GRUB, adds the slot that it boots, if any, and returns the block that it leaves. */
  private static Optional<byte[]> start(
      GrubEmulator grub, Optional<byte[]> before, List<Slot> order) throws IOException {
    grub.setEnvironment(before);
    grub.boot().ifPresent(order::add);
    return grub.environment();
  }

  private static String shown(Optional<byte[]> content) {
    return content.map(bytes -> new String(bytes, ISO_8859_1)).orElse("no file");
  }
}

package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script by which devices boot: run by GRUB, it does the same as the boot simulator. */
final class GrubScriptTest {
  private static final List<String> SLOTS = List.of("a", "b", "A", "B", "c", "");
  private static final List<String> COUNTERS = List.of(
      "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "03", "+1", "-1", "3 ", " 3", "x");
  private static final Set<Slot> BOTH = EnumSet.allOf(Slot.class);

  @TempDir
  Path dir;

  @BeforeEach
  void requireGrub() {
    GrubEmulator.TOOLS.forEach(Tools::assumePresent);
  }

  @Test
  void countsBootsAsTheSimulatorDoes() throws IOException {
    List<Optional<byte[]>> blocks = new ArrayList<>();
    for (String slot : SLOTS) {
      for (String counter : COUNTERS) {
        for (String success : List.of("0", "1")) {
          String lines = "active_slot=%s\nboot_counter=%s\nboot_success=%s\n"
              .formatted(slot, counter, success);
          blocks.add(block(lines));
          blocks.add(block("update_target=v1.1 b\n" + lines));
        }
      }
    }
    check(BOTH, blocks);
  }

  @Test
  void bootsByWhatIsLeftOfABlockAsTheSimulatorDoes() throws IOException {
    String whole = "active_slot=b\nboot_counter=2\nboot_success=0\nupdate_target=v2\n";
    List<Optional<byte[]>> blocks = new ArrayList<>();
    blocks.add(Optional.empty());
    for (int size : new int[] {0, 1, 24, 25, 26, 60, 512, 1023, 1025, 4096}) {
      blocks.add(Optional.of(Arrays.copyOf(block(whole).get(), size)));
    }
    blocks.add(Optional.of(new byte[1024]));
    blocks.add(Optional.of("#".repeat(1024).getBytes(ISO_8859_1)));
    for (String lines : List.of(
        "",
        "active_slot=b\n",
        "boot_counter=2\nboot_success=0\n",
        "boot_success=1\n",
        "active_slot=B\nboot_counter=4\nboot_success=2\n",
        "active_slot=A\nboot_counter=0\nboot_success=yes\n",
        "active_slot=b\nboot_success=1\n",
        "active_slot=a\nactive_slot=b\nboot_counter=3\nboot_counter=1\n",
        "junk\n" + whole,
        "# active_slot=a\n" + whole,
        "# a comment that goes on \\\nactive_slot=a\n" + whole,
        whole + "no end",
        whole + "\0\0\0",
        "active_slot=\\b\nboot_counter=\\2\nboot_success=\\1\n",
        "active_slot=b\\\n\nboot_counter=2\n",
        "active_slot=b\0a\nboot_counter=2\0\n",
        "active_slot\0=b\nboot_counter=2\n",
        "=x\n" + whole,
        "x=" + "y".repeat(935) + "\n" + whole,
        whole.replace("v2", ""),
        whole.replace("v2", "!"),
        whole.replace("v2", "("),
        whole.replace("v2", "="),
        whole.replace("v2", "-n"),
        whole.replace("v2", "$x \"'; reboot"),
        "x=" + "y".repeat(930) + "\n" + whole,
        "x=" + "y".repeat(950) + "\n" + whole.replace("boot_success=0\n", ""),
        whole.replace("2", ""))) {
      blocks.add(block(lines));
    }
    for (Set<Slot> kernels : kernels()) {
      check(kernels, blocks);
    }
  }

  @Test
  void rebootsOrBootsTheOtherSlotIfAKernelIsMissingAsTheSimulatorDoes() throws IOException {
    List<Optional<byte[]>> blocks = new ArrayList<>();
    for (String slot : SLOTS) {
      for (String counter : List.of("0", "1", "3", "x")) {
        for (String success : List.of("0", "1")) {
          blocks.add(block("active_slot=%s\nboot_counter=%s\nboot_success=%s\n"
              .formatted(slot, counter, success)));
        }
      }
    }
    for (Set<Slot> kernels : kernels()) {
      check(kernels, blocks);
    }
  }

  @Test
  void bootsNoSlotThatLacksItsKernelOrItsInitramfs() throws IOException {
    List<Optional<byte[]>> blocks = new ArrayList<>();
    blocks.add(Optional.empty());
    for (String slot : List.of("a", "B", "")) {
      for (String counter : List.of("0", "2")) {
        blocks.add(
            block("active_slot=%s\nboot_counter=%s\nboot_success=0\n".formatted(slot, counter)));
      }
    }
    for (Set<Slot> whole : kernels()) {
      check(new GrubEmulator(Files.createTempDirectory(dir, "disk"), BOTH, whole), whole, blocks);
      check(new GrubEmulator(Files.createTempDirectory(dir, "disk"), whole, BOTH), whole, blocks);
    }
  }

  /** Cuts the power while the agent or GRUB writes a block over the one before. */
  @Test
  void bootsByATornBlockAsTheSimulatorDoes() throws IOException, Failure {
    byte[] good =
        block("active_slot=a\nboot_counter=3\nboot_success=1\nbootargs=x\n").get();
    byte[] onTrial =
        BootEnvironment.parse(good).switchedTo(Slot.B, "v1.10-rc2", 2).toBytes();
    byte[] counted = BootScript.run(Optional.of(onTrial)).saved().get().bytes();
    byte[] confirmed = BootEnvironment.parse(counted).markedGood(2).toBytes();
    byte[] back = BootEnvironment.parse(confirmed).switchedTo(Slot.A, "v1.9", 9).toBytes();
    List<byte[]> life = List.of(good, onTrial, counted, confirmed, back);
    Map<String, Optional<byte[]>> blocks = new LinkedHashMap<>();
    for (int i = 1; i < life.size(); i++) {
      for (int bytes = 0; bytes <= GrubEnvironmentBlock.SIZE; bytes++) {
        byte[] torn = life.get(i - 1).clone();
        System.arraycopy(life.get(i), 0, torn, 0, bytes);
        blocks.put(shown(Optional.of(torn)), Optional.of(torn));
      }
    }

    assertThat(blocks).hasSizeGreaterThan(life.size() + 50);
    check(BOTH, List.copyOf(blocks.values()));
  }

  @Test
  void readsAndChangesRandomBlocksAsTheSimulatorDoes() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Optional<byte[]>> blocks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      blocks.add(block(randomLines(random)));
    }
    try {
      check(BOTH, blocks);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private static String randomLines(Random random) {
    List<String> words = List.of(
        "active_slot",
        "boot_counter",
        "boot_success",
        "=",
        "=",
        "=",
        "=",
        "\n",
        "\n",
        "\n",
        "\n",
        "a",
        "b",
        "A",
        "B",
        "0",
        "1",
        "2",
        "3",
        "\\",
        "#",
        "\0",
        "x",
        "y=z\n",
        "active_slot=b\n",
        "boot_counter=2\n",
        "boot_success=0\n",
        "boot_success=1\n",
        "update_target=v2\n");
    StringBuilder lines = new StringBuilder();
    for (int i = random.nextInt(30); i >= 0; i--) {
      lines.append(words.get(random.nextInt(words.size())));
    }
    return lines + (random.nextInt(8) == 0 ? "" : "\n");
  }

  private static List<Set<Slot>> kernels() {
    return List.of(BOTH, EnumSet.of(Slot.A), EnumSet.of(Slot.B), EnumSet.noneOf(Slot.class));
  }

  private void check(Set<Slot> kernels, List<Optional<byte[]>> blocks) throws IOException {
    check(new GrubEmulator(Files.createTempDirectory(dir, "disk"), kernels), kernels, blocks);
  }

  private static void check(GrubEmulator grub, Set<Slot> kernels, List<Optional<byte[]>> blocks)
      throws IOException {
    for (Optional<byte[]> before : blocks) {
      grub.setEnvironment(before);
      Optional<Slot> booted = grub.boot();
      String after = shown(grub.environment());

      BootScript simulated = BootScript.run(before);

      String what = "kernels " + kernels + ", block " + shown(before);
      assertThat(after)
          .as(what)
          .isEqualTo(shown(simulated.saved().map(GrubEnvironmentBlock::bytes).or(() -> before)));
      assertThat(booted)
          .as(what)
          .isEqualTo(simulated.order().stream().filter(kernels::contains).findFirst());
      if (booted.isPresent()) {
        assertThat(grub.isOnTrial()).as(what).isEqualTo(isTrial(before, simulated));
      }
    }
  }

  /** Returns whether a slot boots that was switched to and is not marked good, and the boot is counted. */
  private static boolean isTrial(Optional<byte[]> before, BootScript simulated) {
    Optional<GrubEnvironmentBlock> read = before.flatMap(GrubEnvironmentBlock::parse);
    return simulated.saved().isPresent()
        && read.flatMap(block -> block.get("active_slot")).flatMap(Slot::of).isPresent()
        && !read.flatMap(block -> block.get("boot_success")).equals(Optional.of("1"))
        && !read.flatMap(block -> block.get("update_target")).orElse("").isEmpty();
  }

  private static String shown(Optional<byte[]> content) {
    return content
        .map(bytes -> bytes.length + " bytes: " + new String(bytes, ISO_8859_1))
        .orElse("none");
  }

  private static Optional<byte[]> block(String lines) {
    String text = "# GRUB Environment Block\n" + lines;
    return Optional.of((text + "#".repeat(1024 - text.length())).getBytes(ISO_8859_1));
  }
}

package io.kubesolo.update.agent.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.GrubEnvironmentBlock;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.io.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Any bytes as GRUB's environment block, as the whole file or after the keys of a valid one: they
 * are read, or replaced with a warning. What is then written is read as the same environment, and
 * the keys of other programs stay, unless a warning says that there is no room for them.
 */
public final class FuzzGrubenv {
  private static final Path FILE =
      Path.of(System.getProperty("fuzz.state", "")).toAbsolutePath().resolveSibling("grubenv");
  private static final BootEnvironmentFile GRUBENV = new BootEnvironmentFile(FILE);
  private static final int TRIES = 3;
  private static final String SIGNATURE = "# GRUB Environment Block\n";
  private static final String OTHERS = "other=kept\n";

  private FuzzGrubenv() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
    settle(bytes);
    switchOver();

    boolean isKept = settle(behindValidKeys(bytes));
    switchOver();
    assertThat(Files.readString(FILE, ISO_8859_1).contains("\n" + OTHERS)).isEqualTo(isKept);
  }

  private static byte[] behindValidKeys(byte[] bytes) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write((SIGNATURE + "active_slot=B\n" + OTHERS).getBytes(ISO_8859_1));
    block.write(bytes);
    while (block.size() < GrubEnvironmentBlock.SIZE) {
      block.write('#');
    }
    return block.toByteArray();
  }

  /** Runs what each command does first; returns whether the keys of other programs are kept. */
  private static boolean settle(byte[] bytes) throws Exception {
    Files.write(FILE, bytes);
    List<String> warnings = new ArrayList<>();
    BootEnvironment settled = GRUBENV.settle(Slot.A, TRIES, warnings::add);
    assertThat(warnings)
        .hasSizeLessThan(2)
        .allSatisfy(
            line -> assertThat(line).startsWith(FILE + ": ").matches("[^\\p{Cc}\\u2028\\u2029]+"));
    if (warnings.isEmpty()) {
      assertThat(FILE).hasBinaryContent(bytes);
    }
    requireRead(settled);
    return warnings.stream()
        .noneMatch(line -> line.endsWith("; the keys of other programs are lost"));
  }

  private static void switchOver() throws Exception {
    byte[] before = Files.readAllBytes(FILE);
    BootEnvironment next = GRUBENV.read().switchedTo(Slot.B, "v2", TRIES);
    try {
      GRUBENV.requireRoom(next);
    } catch (Failure e) {
      assertThat(e.message()).startsWith(FILE + ": has no room left");
      return;
    }
    GRUBENV.write(next);
    requireRead(next);
    byte[] written = Files.readAllBytes(FILE);
    assertThat(written).hasSize(Math.max(before.length, GrubEnvironmentBlock.SIZE));
    assertThat(new String(written, ISO_8859_1))
        .startsWith(SIGNATURE + "active_slot=" + (next.upperCase() ? "B" : "b")
            + "\nboot_counter=3\nboot_success=0\nupdate_target=v2\n");
    GRUBENV.write(GRUBENV.read());
    assertThat(FILE).hasBinaryContent(written);
  }

  private static void requireRead(BootEnvironment expected) throws Failure {
    assertThat(GRUBENV.read())
        .usingRecursiveComparison()
        .ignoringFields("block")
        .isEqualTo(expected);
  }
}

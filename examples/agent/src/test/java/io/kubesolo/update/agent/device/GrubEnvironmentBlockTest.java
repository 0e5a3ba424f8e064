package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GrubEnvironmentBlockTest {
  private static final String EDITENV = "grub-editenv";

  @TempDir
  Path dir;

  @Test
  void isListedByGrubEditenv() throws Exception {
    Tools.assumePresent(EDITENV);
    Path file = dir.resolve("grubenv");
    new BootEnvironment(Slot.B, 3, false, GrubEnvironmentBlock.empty()).save(file);

    assertThat(grub(file, "list"))
        .containsExactly("active_slot=b", "boot_counter=3", "boot_success=0");
  }

  @Test
  void readsWhatGrubEditenvWrites() throws Exception {
    Tools.assumePresent(EDITENV);
    Path file = dir.resolve("grubenv");
    grub(file, "create");
    grub(file, "set", "active_slot=a", "boot_success=1", "saved_entry=x=\\y", "boot_counter=2");

    BootEnvironment env = BootEnvironment.read(file);

    assertThat(env.active()).isEqualTo(Slot.A);
    assertThat(env.counter()).isEqualTo(2);
    assertThat(env.good()).isTrue();
    assertThat(env.block().get("saved_entry")).contains("x=\\y");
  }

  @Test
  void keepsTheKeysAndCommentsOfOthers() throws Exception {
    Tools.assumePresent(EDITENV);
    Path file = dir.resolve("grubenv");
    grub(file, "create");
    grub(file, "set", "before=1", "active_slot=a", "after=back\\slash");

    BootEnvironment.read(file).switchedTo(Slot.B, 3).save(file);

    assertThat(grub(file, "list"))
        .containsExactly(
            "before=1", "active_slot=b", "after=back\\slash", "boot_counter=3", "boot_success=0");
    assertThat(Files.readString(file, ISO_8859_1)).contains("WARNING: Do not edit");
  }

  @Test
  void agreesWithGrubEditenvOnRandomValues() throws Exception {
    Tools.assumePresent(EDITENV);
    Path file = dir.resolve("grubenv");
    Random random = new Random(1);
    for (int round = 0; round < 20; round++) {
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < 3; i++) {
        values.put("key" + i, randomValue(random));
      }
      Files.write(file, GrubEnvironmentBlock.empty().with(values).bytes());
      List<String> expected = values.entrySet().stream()
          .map(entry -> entry.getKey() + "=" + entry.getValue())
          .toList();

      assertThat(grub(file, "list")).isEqualTo(expected);
      GrubEnvironmentBlock read = GrubEnvironmentBlock.parse(Files.readAllBytes(file));
      values.forEach((key, value) -> assertThat(read.get(key)).contains(value));
    }
  }

  private static String randomValue(Random random) {
    String alphabet = "ab=\\# x";
    StringBuilder value = new StringBuilder("v");
    for (int i = random.nextInt(8); i > 0; i--) {
      value.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return value.toString();
  }

  @Test
  void carriesALineBreakInAValue() throws Exception {
    GrubEnvironmentBlock block = GrubEnvironmentBlock.empty().with(Map.of("k", "one\ntwo\\"));

    GrubEnvironmentBlock read = GrubEnvironmentBlock.parse(block.bytes());

    assertThat(read.get("k")).contains("one\ntwo\\");
  }

  @Test
  void takesTheLastOfTwoLinesAndWritesOne() throws Exception {
    GrubEnvironmentBlock block = parse("k=1\nother=2\nk=3\n");

    assertThat(block.get("k")).contains("3");
    assertThat(text(block.with(Map.of("k", "4")))).contains("\nk=4\nother=2\n###");
  }

  @Test
  void refusesWhatIsNoBlock() throws Exception {
    assertThat(messageOf(() -> GrubEnvironmentBlock.parse(new byte[10])))
        .isEqualTo("has 10 bytes; a GRUB environment block has 1024");
    assertThat(messageOf(() -> GrubEnvironmentBlock.parse(new byte[1024]))).contains("signature");
    assertThat(messageOf(() -> parse("no equals sign\n")))
        .contains("neither KEY=VALUE nor a comment");
    assertThat(messageOf(() -> parse("k=1"))).contains("a line without an end");
  }

  @Test
  void refusesToGrowOutOfItsBytes() throws Exception {
    GrubEnvironmentBlock full = parse("k=" + "x".repeat(990) + "\n");

    assertThat(messageOf(() -> full.with(Map.of("active_slot", "a")).bytes()))
        .contains("no room left");
  }

  @Test
  void countsACounterThatCannotBeReadAsUsedUp() throws Exception {
    for (String counter : List.of("", "boot_counter=\n", "boot_counter=-1\n", "boot_counter=x\n")) {
      Path file = Files.write(dir.resolve("grubenv"), block("active_slot=a\n" + counter));

      assertThat(BootEnvironment.read(file).booting(3).active()).isEqualTo(Slot.B);
    }
  }

  @Test
  void namesTheFileThatCannotBeUsed() throws Exception {
    Path file = dir.resolve("grubenv");
    assertThat(messageOf(() -> BootEnvironment.read(file)))
        .isEqualTo(file + ": no such file or directory");

    Files.write(file, block("active_slot=c\n"));
    assertThat(messageOf(() -> BootEnvironment.read(file)))
        .isEqualTo(file + ": active_slot is \"c\", neither a nor b; see grub-editenv(1)");
  }

  private static GrubEnvironmentBlock parse(String lines) throws Failure {
    return GrubEnvironmentBlock.parse(block(lines));
  }

  private static byte[] block(String lines) {
    byte[] block = new byte[GrubEnvironmentBlock.SIZE];
    Arrays.fill(block, (byte) '#');
    byte[] text = ("# GRUB Environment Block\n" + lines).getBytes(ISO_8859_1);
    System.arraycopy(text, 0, block, 0, text.length);
    return block;
  }

  private static String text(GrubEnvironmentBlock block) throws Failure {
    return new String(block.bytes(), ISO_8859_1);
  }

  private static List<String> grub(Path file, String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(EDITENV, file.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader(ISO_8859_1).lines().toList();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", command, lines).isZero();
    return lines;
  }
}

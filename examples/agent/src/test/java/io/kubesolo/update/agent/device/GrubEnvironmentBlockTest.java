package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static io.kubesolo.update.agent.testkit.Failures.messageOfCommand;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.testing.tool.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
    String version = "v=1 #\n\\";
    new BootEnvironmentFile(file)
        .write(BootEnvironment.of(Slot.A, 3).switchedTo(Slot.B, version, 4));

    assertThat(grub(file, "list"))
        .containsExactly(
            "active_slot=b",
            "boot_counter=4",
            "boot_success=0",
            "update_target=" + BootEnvironment.targetId(version));
  }

  @Test
  void readsWhatGrubEditenvWrites() throws Exception {
    Tools.assumePresent(EDITENV);
    Path file = dir.resolve("grubenv");
    grub(file, "create");
    grub(file, "set", "active_slot=a", "boot_success=1", "saved_entry=x=\\y", "boot_counter=2");

    BootEnvironment env = new BootEnvironmentFile(file).read();

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

    BootEnvironmentFile environment = new BootEnvironmentFile(file);
    environment.write(environment.read().switchedTo(Slot.B, "v2", 3));

    assertThat(grub(file, "list"))
        .containsExactly(
            "active_slot=b",
            "boot_counter=3",
            "boot_success=0",
            "update_target=v2",
            "before=1",
            "after=back\\slash");
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
      Files.write(
          file, GrubEnvironmentBlock.empty().rewritten(values, values.keySet()).bytes());
      List<String> expected = values.entrySet().stream()
          .map(entry -> entry.getKey() + "=" + entry.getValue())
          .toList();

      assertThat(grub(file, "list")).isEqualTo(expected);
      GrubEnvironmentBlock read =
          GrubEnvironmentBlock.parse(Files.readAllBytes(file)).get();
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
    GrubEnvironmentBlock block = rewritten(GrubEnvironmentBlock.empty(), "k", "one\ntwo\\");

    assertThat(parse(block.bytes()).get("k")).contains("one\ntwo\\");
  }

  @Test
  void takesTheLastOfTwoLinesAndWritesOne() throws Exception {
    GrubEnvironmentBlock block = parsed("k=1\nother=2\nk=3\n");

    assertThat(block.get("k")).contains("3");
    assertThat(text(rewritten(block, "k", "4"))).contains("Block\nk=4\nother=2\n###");
  }

  @Test
  void keepsCommentsAndOtherKeysAndLeavesOutWhatGrubDoesNotRead() throws Exception {
    GrubEnvironmentBlock block = parsed(
        "# one \\\nstill a comment\njunk\nk=1\nx\0=2\n#two\nmore\nother=\\\n3\nk\0y=4\nno end");

    assertThat(block.get("k")).as("a name that reaches across lines").contains("4");
    assertThat(text(rewritten(block, "k", "5")))
        .contains("Block\nk=5\n# one \\\nstill a comment\nx\0=2\n#two\nother=\\\n3\n###");
  }

  @Test
  void readsNoBlockWithoutSignature() {
    assertThat(GrubEnvironmentBlock.parse(new byte[10])).isEmpty();
    assertThat(GrubEnvironmentBlock.parse(new byte[1024])).isEmpty();
    assertThat(GrubEnvironmentBlock.parse(block("k=1\n"))).isNotEmpty();
  }

  @Test
  void refusesToGrowOutOfItsBytes() throws Exception {
    GrubEnvironmentBlock full = parsed("k=" + "x".repeat(990) + "\n");

    assertThat(messageOf(() -> rewritten(full, "active_slot", "a")))
        .isEqualTo("has no room left: 1032 bytes of 1024");
  }

  @Test
  void keepsTheSizeOfALargerBlock() throws Exception {
    String lines = "k=" + "x".repeat(1500) + "\n";
    byte[] large = Arrays.copyOf(("# GRUB Environment Block\n" + lines).getBytes(ISO_8859_1), 4096);
    Arrays.fill(large, 25 + lines.length(), large.length, (byte) '#');

    assertThat(rewritten(parse(large), "a", "b").bytes()).hasSize(4096);
  }

  @Test
  void countsACounterThatIsNoDigitAsUsedUp() throws Exception {
    for (String counter :
        List.of("", "boot_counter=\n", "boot_counter=-1\n", "boot_counter=03\n")) {
      byte[] content = block("active_slot=a\n" + counter);

      assertThat(BootEnvironment.parse(content).counter()).isZero();
    }
  }

  @Test
  void writesAVersionAsItIsOrItsDigest() {
    assertThat(BootEnvironment.targetId("v 1.2~rc#3=x")).isEqualTo("v 1.2~rc#3=x");
    assertThat(BootEnvironment.targetId("v".repeat(64))).isEqualTo("v".repeat(64));
    for (String version :
        List.of("v".repeat(65), "back\\slash", "\u00fc", "\ud83d\ude00", "a\u007f")) {
      assertThat(BootEnvironment.targetId(version)).matches("sha256-[0-9a-f]{64}");
    }
    assertThat(BootEnvironment.targetId("\u00fc"))
        .isEqualTo("sha256-607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f");
  }

  @Test
  void hasRoomForASwitchOrSaysThatItHasNot() throws Exception {
    String lines = "active_slot=a\nboot_counter=3\nboot_success=1\nx=" + "x".repeat(900) + "\n";
    BootEnvironment full = BootEnvironment.parse(block(lines));

    assertThat(full.switchedTo(Slot.B, "v1", 3).toBytes()).hasSize(1024);
    assertThat(full.markedGood(3).toBytes()).hasSize(1024);
    BootEnvironmentFile file = new BootEnvironmentFile(dir.resolve("grubenv"));
    assertThat(messageOfCommand(() -> file.requireRoom(full.switchedTo(Slot.B, "v".repeat(64), 3))))
        .startsWith(file.path() + ": has no room left: ");
  }

  @Test
  void namesTheFileThatCannotBeUsed() throws Exception {
    Path file = dir.resolve("grubenv");
    BootEnvironmentFile environment = new BootEnvironmentFile(file);
    assertThat(messageOf(environment::read)).isEqualTo(file + ": does not exist");

    Files.write(file, block("active_slot=c\n"));
    assertThat(messageOf(environment::read))
        .isEqualTo(file + ": active_slot is \"c\", neither a nor b");
  }

  private static GrubEnvironmentBlock rewritten(
      GrubEnvironmentBlock block, String key, String value) throws Failure {
    return block.rewritten(Map.of(key, value), Set.of(key));
  }

  private static GrubEnvironmentBlock parsed(String lines) {
    return parse(block(lines));
  }

  private static GrubEnvironmentBlock parse(byte[] bytes) {
    return GrubEnvironmentBlock.parse(bytes).get();
  }

  private static byte[] block(String lines) {
    byte[] block = new byte[GrubEnvironmentBlock.SIZE];
    Arrays.fill(block, (byte) '#');
    byte[] text = ("# GRUB Environment Block\n" + lines).getBytes(ISO_8859_1);
    System.arraycopy(text, 0, block, 0, text.length);
    return block;
  }

  private static String text(GrubEnvironmentBlock block) {
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

package io.kubesolo.update.agentloop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.persist.disk.CrashStates;
import io.kubesolo.update.persist.disk.CrashStates.Program;
import io.kubesolo.update.persist.disk.CrashStates.Run;
import io.kubesolo.update.persist.disk.CrashStates.Violation;
import io.kubesolo.update.persist.disk.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A file of the agent's own beside the state file, on the simulated disk of the test kit. */
class OwnFileTest {
  private static final String FILE = "/var/lib/agent/last-offer";
  private static final Image.Directory START = Image.empty().with(FILE, Image.file("v1"));

  /** Keeps the last offer of the server. */
  private interface Writer {
    void write(Path file, String text) throws IOException;
  }

  private static void durably(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling("last-offer.tmp");
    write(temporary, text, true);
    Files.move(temporary, file, ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.getParent(), READ)) {
      directory.force(true);
    }
  }

  /** Replaces the file as above, but without its fsync. */
  private static void withoutFsync(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling("last-offer.tmp");
    write(temporary, text, false);
    Files.move(temporary, file, ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.getParent(), READ)) {
      directory.force(true);
    }
  }

  private static void write(Path file, String text, boolean sync) throws IOException {
    try (FileChannel out = FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE)) {
      out.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      if (sync) {
        out.force(true);
      }
    }
  }

  /** Checks that after any crash the file holds the acknowledged offer or the next one. */
  private static void judge(Run<String> run) throws IOException {
    String expected = run.acknowledged();
    String found = Files.readString(run.path(FILE));
    if (!found.equals(expected) && !found.equals(after(expected))) {
      throw new AssertionError("\"" + found + "\" is read after " + expected);
    }
  }

  private static String after(String version) {
    return "v" + (Integer.parseInt(version.substring(1)) + 1);
  }

  private static CrashStates<String> losePowerAndKill(Writer writer) {
    Program<String> threeOffers = run -> {
      for (int i = 0; i < 3; i++) {
        String offer = after(run.acknowledged());
        writer.write(run.path(FILE), offer);
        run.acknowledge(offer);
      }
    };
    return CrashStates.withRecovery(OwnFileTest::judge)
        .withReader(OwnFileTest::judge)
        .losePower(START, "v1", threeOffers)
        .kill(START, "v1", threeOffers);
  }

  @Test
  void noOfferIsLost() {
    assertThat(losePowerAndKill(OwnFileTest::durably).states()).isGreaterThan(10);
  }

  @Test
  void anFsyncThatIsMissingIsFound() {
    assertThatThrownBy(() -> losePowerAndKill(OwnFileTest::withoutFsync))
        .isInstanceOf(Violation.class)
        .hasMessageContaining("\" is read after v1\nacknowledged: v1\n")
        .hasMessageContaining("""
               0 create /var/lib/agent/last-offer.tmp
               1 write /var/lib/agent/last-offer.tmp
               2 close /var/lib/agent/last-offer.tmp
               3 rename /var/lib/agent/last-offer.tmp
            -- the power is lost; on the disk is
            """);
  }
}

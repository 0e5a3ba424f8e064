package io.kubesolo.update.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FleetLockNoteTest {
  private static final FleetLock CONFIGURED =
      new FleetLock(URI.create("http://new/"), "default", "device \"7\"");
  private static final FleetLock EARLIER = new FleetLock(URI.create("http://old/"), "edge", "d1");

  private static final Instant NOW = Instant.parse("2026-11-27T06:00:00.5Z");

  @TempDir
  Path dir;

  private FleetLockNote note;

  @BeforeEach
  void makeNote() {
    note = new FleetLockNote(dir, Optional.of(CONFIGURED));
  }

  @Test
  void namesEachLockUntilItIsGivenBack() throws Exception {
    assertThat(note.locks()).isEmpty();

    note.noteHeld(EARLIER);
    note.noteHeld(CONFIGURED);
    note.noteHeld(CONFIGURED);
    assertThat(note.locks()).containsExactly(EARLIER, CONFIGURED);

    note.noteGivenBack(CONFIGURED, "boot");
    assertThat(note.locks()).containsExactly(EARLIER);
    assertThat(note.isGivenBackIn("boot")).isTrue();

    note.noteGivenBack(EARLIER, "boot");
    assertThat(note.mayBeHeld()).isFalse();
    assertThat(note.locks()).isEmpty();
  }

  @Test
  void doesNotCountAnEarlierLockAsTheConfiguredOne() throws Exception {
    note.noteHeld(EARLIER);

    note.noteGivenBack(EARLIER, "boot");

    assertThat(note.isGivenBackIn("boot")).isFalse();
  }

  @Test
  void doesNotKnowABootWithoutAnId() throws Exception {
    note.noteGivenBack(CONFIGURED, "");

    assertThat(note.isGivenBackIn("")).isFalse();
  }

  @Test
  void keepsTheNameOfALockThatIsRefused() throws Exception {
    note.noteHeld(EARLIER);
    note.noteRefusal(CONFIGURED, "full");

    assertThat(note.refusal()).contains("full");
    assertThat(note.locks()).containsExactly(EARLIER, CONFIGURED);
  }

  @Test
  void saysSinceWhenALockIsHeldThatWasGranted() throws Exception {
    Instant second = Instant.parse("2026-11-27T06:00:00Z");
    note.noteHeld(EARLIER);
    note.noteGranted(EARLIER, NOW);
    note.noteHeld(CONFIGURED);
    assertThat(note.granted()).containsExactly(new HeldFleetLock(EARLIER, second));

    note.noteRefusal(CONFIGURED, "full");
    note.noteHeld(CONFIGURED);
    note.noteGranted(CONFIGURED, NOW.plusSeconds(60));
    note.noteHeld(CONFIGURED);
    note.noteGranted(CONFIGURED, NOW.plusSeconds(120));
    note.noteRefusal(CONFIGURED, "no answer");
    HeldFleetLock configured = new HeldFleetLock(CONFIGURED, second.plusSeconds(60));
    assertThat(note.granted()).containsExactly(new HeldFleetLock(EARLIER, second), configured);

    note.noteGivenBack(EARLIER, "boot");
    assertThat(note.granted()).containsExactly(configured);
    note.noteGivenBack(CONFIGURED, "boot");
    assertThat(note.granted()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"yesterday\"", "5", "null"})
  void doesNotKnowOfAGrantIfTheNoteDoesNotSayWhen(String since) throws Exception {
    Files.writeString(
        note.held(),
        "{\"locks\":[{\"url\":\"http://old/\",\"group\":\"edge\",\"id\":\"d1\",\"since\":" + since
            + "}]}");

    assertThat(note.granted()).isEmpty();
    assertThat(note.locks()).containsExactly(EARLIER);
  }

  @Test
  void namesTheLocksThatCanBeReadIfOneCannot() throws Exception {
    Files.writeString(
        note.held(),
        "{\"locks\":[{\"url\":\"newer://x/\",\"id\":\"d1\"},"
            + "{\"url\":\"http://old/\",\"group\":\"edge\",\"id\":\"d1\"}]}");

    assertThat(note.locks()).containsExactly(EARLIER, CONFIGURED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"refused\":\"full\"}",
        "",
        "{\"locks\":[]}",
        "{\"locks\":{}}",
        "{\"locks\":[\"d1\"]}",
        "{\"locks\":[{\"url\":\"http://old/\"}]}"
      })
  void namesTheConfiguredLockIfTheFileNamesNone(String content) throws Exception {
    Files.writeString(note.held(), content);

    assertThat(note.locks()).containsExactly(CONFIGURED);
    note.noteGivenBack(CONFIGURED, "boot");
    assertThat(note.mayBeHeld()).isFalse();
  }

  @Test
  void overwritesNothingThatItCannotRead() throws Exception {
    Files.createDirectory(note.held());

    assertThatThrownBy(note::locks).hasMessageContaining("fleet-lock.json");
    assertThatThrownBy(() -> note.noteGivenBack(CONFIGURED, "boot"))
        .hasMessageContaining("fleet-lock.json");
    assertThat(note.mayBeHeld()).isTrue();
  }

  /** A link that leads to itself is an I/O error, for the superuser too. */
  @Test
  void isNotAbsentIfItIsUnknownWhetherItExists() throws Exception {
    Files.createSymbolicLink(note.held(), note.held());

    assertThat(note.mayBeHeld()).isTrue();
    assertThatThrownBy(() -> note.noteHeld(CONFIGURED)).hasMessageContaining("fleet-lock.json");
  }

  @Test
  void ignoresKeysThatItDoesNotKnow() throws Exception {
    Files.writeString(
        note.held(),
        "{\"new\":1,\"locks\":[{\"url\":\"http://old/\",\"group\":\"edge\",\"id\":\"d1\",\"ttl\":2}]}");

    assertThat(note.locks()).containsExactly(EARLIER);
  }
}

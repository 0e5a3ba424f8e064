package io.kubesolo.update.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.device.BootSituation.PassiveSlot;
import io.kubesolo.update.core.Boot;
import io.vavr.Lazy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RebootNoteTest {
  private static final Boot FIRST = new Boot("first", Duration.ofSeconds(9));
  private static final Boot SECOND = new Boot("second", Duration.ofSeconds(3));
  private static final BootEnvironment ENVIRONMENT = BootEnvironment.of(Slot.B, 3);

  @TempDir
  Path dir;

  private RebootNote note;

  @BeforeEach
  void write() throws Exception {
    note = new RebootNote(dir);
    assertThat(note.wasInVain(SECOND, situation(ENVIRONMENT, Slot.A))).isFalse();
    note.write(FIRST, situation(ENVIRONMENT, Slot.A));
  }

  private static BootSituation situation(BootEnvironment environment, Slot running) {
    PassiveSlot passive =
        new PassiveSlot(Optional.empty(), Optional.empty(), Lazy.of(Optional::empty));
    return new BootSituation(environment, running, Optional.empty(), passive);
  }

  @Test
  void saysThatABootChangedNothing() throws Exception {
    assertThat(note.wasInVain(SECOND, situation(ENVIRONMENT, Slot.A))).isTrue();
  }

  @Test
  void saysNothingInTheSameBoot() throws Exception {
    Boot later = new Boot(FIRST.id(), FIRST.uptime().plusSeconds(1));
    assertThat(note.wasInVain(later, situation(ENVIRONMENT, Slot.A))).isFalse();
  }

  @Test
  void tellsBootsApartIfTheKernelGivesThemOneId() throws Exception {
    Boot earlierUptime = new Boot(FIRST.id(), Duration.ofSeconds(1));
    assertThat(note.wasInVain(earlierUptime, situation(ENVIRONMENT, Slot.A))).isTrue();
  }

  @Test
  void saysNothingOnceTheBootLoaderChangedSomething() throws Exception {
    BootEnvironment counted = BootEnvironment.of(Slot.B, 2);
    assertThat(note.wasInVain(SECOND, situation(counted, Slot.A))).isFalse();
    assertThat(note.wasInVain(SECOND, situation(ENVIRONMENT, Slot.B))).isFalse();
  }

  @Test
  void saysNothingOnceItIsForgotten() throws Exception {
    note.forget();
    note.forget();
    assertThat(note.wasInVain(SECOND, situation(ENVIRONMENT, Slot.A))).isFalse();
  }

  @Test
  void isNotAbsentIfItCannotBeRead() throws Exception {
    Path file = dir.resolve("reboot.json");
    Files.writeString(file, "\0\0");
    assertThat(note.wasInVain(SECOND, situation(ENVIRONMENT, Slot.A))).isFalse();

    Files.delete(file);
    Files.createSymbolicLink(file, file);
    assertThatThrownBy(() -> note.wasInVain(SECOND, situation(ENVIRONMENT, Slot.A)))
        .hasMessageContaining("reboot.json");
  }
}

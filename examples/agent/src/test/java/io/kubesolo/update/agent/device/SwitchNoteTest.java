package io.kubesolo.update.agent.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SwitchNoteTest {
  private static final Boot FIRST = new Boot("first", Duration.ofMillis(1500));
  private static final Boot SECOND = new Boot("second", Duration.ofSeconds(9));
  private static final Boot THIRD = new Boot("third", Duration.ofSeconds(3));

  @TempDir
  Path dir;

  @Test
  void returnsWhenTheBootEnvironmentWasChangedForAnEvent() throws Exception {
    SwitchNote note = new SwitchNote(dir);
    assertThat(note.moment(7, Option.some(FIRST))).isEmpty();

    note.write(7, Option.some(FIRST), SECOND);

    assertThat(note.moment(7, Option.some(FIRST))).containsExactly(SECOND);
    assertThat(note.moment(8, Option.some(FIRST))).isEmpty();
  }

  @Test
  void saysNothingOfAnEventThatHasTheSameRevisionAfterARepair() throws Exception {
    SwitchNote note = new SwitchNote(dir);
    note.write(7, Option.some(FIRST), SECOND);

    assertThat(note.moment(7, Option.some(THIRD))).isEmpty();
    assertThat(note.moment(7, Option.none())).isEmpty();
  }

  @Test
  void isNotAbsentIfItCannotBeRead() throws Exception {
    SwitchNote note = new SwitchNote(dir);
    Path file = dir.resolve("switched.json");
    Files.createSymbolicLink(file, file);

    assertThatThrownBy(() -> note.moment(7, Option.none())).hasMessageContaining("switched.json");

    Files.delete(file);
    Files.writeString(file, "\0\0");
    assertThat(note.moment(7, Option.none())).isEmpty();
  }

  @Test
  void returnsItForAnEventWhoseBootIsUnknown() throws Exception {
    SwitchNote note = new SwitchNote(dir);
    note.write(7, Option.none(), SECOND);

    assertThat(note.moment(7, Option.none())).containsExactly(SECOND);
    assertThat(note.moment(7, Option.some(FIRST))).isEmpty();
  }
}

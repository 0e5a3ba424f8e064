package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A mark of an unknown outcome is valid in the boot in which it was written; the machine's own
 * source tells the boot.
 */
final class StateFileBootTest {
  private static final Boot BOOT = new Boot("one", Duration.ofSeconds(5));

  @TempDir
  private Path folder = Path.of("");

  private boolean isAnsweredAgain(Boot boot) throws IOException {
    Path path = folder.resolve("state.json");
    StateFile file = StateFile.at(path).withBoot(() -> Option.some(boot));
    assertThat(file.path()).isEqualTo(path);
    try (UpdateLifecycle lifecycle =
        UpdateLifecycle.open(file, LifecycleSettings.DEFAULT, new TableEngine()).get()) {
      assertThat(lifecycle.send(new Check()).isRight()).isTrue();
      OutcomeMark mark = new OutcomeMark(
          true, Option.some(BOOT), List.of(OutcomeMark.Write.of(new Check(), lifecycle.state())));
      Files.writeString(folder.resolve("state.json.outcome"), mark.text());
      // Another program keeps a key in the file, which is no part of the state.
      Files.writeString(path, Files.readString(path).replaceFirst("\\{", "{\"serial\": 7,"));
      return lifecycle.send(new Check()).isRight();
    }
  }

  @Test
  void anEventIsAnsweredAgainInTheSameBoot() throws IOException {
    assertThat(isAnsweredAgain(BOOT)).isTrue();
  }

  @Test
  void anEventIsDecidedAnewAfterABoot() throws IOException {
    assertThat(isAnsweredAgain(new Boot("another", Duration.ofSeconds(5)))).isFalse();
  }
}

package io.kubesolo.update.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.fuzz.DeviceLife.Choice;
import io.kubesolo.update.agent.fuzz.DeviceLife.InjectedFailure;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A life that breaks a promise leaves a script, which replay takes, and a diagram. */
final class ScriptTest {
  private static final Choice FIRST_PERMITTED = new Choice(0, 2, 0, false);

  @TempDir
  private Path directory = Path.of("");

  /** Forgets the versions that were rolled back, and all else. */
  private static final LifecycleEngine FORGETFUL = new MistakenEngine((before, next) ->
      next.phase() == Phase.IDLE ? UpdateState.fresh(next.updatedAt().get()) : next);

  @Test
  void isSavedIfAPromiseIsBroken() throws IOException {
    Path script = directory.resolve("found/script.jsonl");
    DeviceLife life = new DeviceLife(directory, FORGETFUL, new TableEngine(), new Script(script));
    life.send(0, FIRST_PERMITTED, InjectedFailure.NONE, 1);

    assertThatThrownBy(() -> life.send(1, FIRST_PERMITTED, InjectedFailure.NONE, 1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the events are in " + script);

    List<String> lines = Files.readAllLines(script);
    assertThat(lines)
        .containsExactly(
            "{\"event\":\"check\",\"at\":\"" + ManualClock.START + "\"}",
            "{\"event\":\"no_update\",\"at\":\"" + ManualClock.START + "\"}");
    assertThat(directory.resolve("found/script.jsonl.svg")).content().startsWith("<svg");
    CommandLineRun.Result replayed =
        new CommandLineRun(directory.resolve("replayed.json")).run("replay", script.toString());
    assertThat(replayed.code()).isZero();
    assertThat(replayed.lines()).hasSize(2).allMatch(line -> line.contains("\"accepted\":true"));
  }

  @Test
  void keepsTheShortestOfASearch() throws IOException {
    Path script = directory.resolve("script.jsonl");
    Script longer = new Script(script);
    UpdateState state = UpdateState.fresh(Instant.EPOCH);
    for (int i = 0; i < 3; i++) {
      longer.add(
          EventType.CHECK,
          new UpdateEvent.Values(Option.none(), Option.none(), Option.none(), false),
          Instant.EPOCH);
    }
    longer.save(state);
    new Script(script).save(state);
    longer.save(state);
    assertThat(script).isEmptyFile();
  }
}

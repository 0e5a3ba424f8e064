package io.kubesolo.update.fsm.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Difference;
import io.kubesolo.update.fsm.Engine;
import io.kubesolo.update.fsm.verify.Exploration.Step;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The model of the machine in Promela is the machine. */
class PromelaTest {
  /** Stays, so that the model can be tried by hand. */
  private static final Path DIRECTORY = Path.of("target/spin");

  @Test
  void takesEveryStepOfTheEngineAndNoOther() throws Exception {
    Exploration exploration = Exploration.of(Engine.TABLE.get());
    Spin spin = Spin.compile(
        DIRECTORY,
        Engine.TABLE.get().table().edges(),
        "-DANYONE",
        "-DSTEPS",
        "-DPRINTF",
        "-DNOCLAIM");

    Set<String> taken = spin.printed().stream()
        .map(String::strip)
        .filter(line -> line.matches("\\w+( \\d+){6} \\w+( \\d+){4} \\w+( \\d+){6}"))
        .collect(Collectors.toCollection(TreeSet::new));
    Set<String> expected = exploration.steps().stream()
        .map(PromelaTest::inWords)
        .collect(Collectors.toCollection(TreeSet::new));

    System.out.printf("%d steps of the model are those of the engine%n", taken.size());
    assertThat(Difference.between(taken, expected)).isEmpty();
  }

  private static String inWords(Step step) {
    return inWords(step.before())
        + inWords(step.event())
        + inWords(step.after()).strip();
  }

  private static String inWords(UpdateState state) {
    StringBuilder words = new StringBuilder("%s %d %d %d "
        .formatted(
            state.phase(),
            state.fromVersion().map(PromelaTest::number).getOrElse(0),
            state.toVersion().map(PromelaTest::number).getOrElse(0),
            Math.min(state.attemptCount(), Exploration.CONTEXT.maxAttempts() + 1)));
    for (String version : Exploration.VERSIONS) {
      words.append(state.rolledBackVersions().contains(version) ? "1 " : "0 ");
    }
    return words.toString();
  }

  /** Returns an event with its fields to_version, running_version, force, retry. */
  private static String inWords(UpdateEvent event) {
    int to = event instanceof Download download ? number(download.targetVersion()) : 0;
    int running = event instanceof Download download
        ? number(download.runningVersion())
        : event instanceof Verify verify ? number(verify.runningVersion()) : 0;
    int force = event instanceof Download download && download.force() ? 1 : 0;
    int retry = event instanceof Rollback rollback && rollback.retry() ? 1 : 0;
    return "%s %d %d %d %d ".formatted(event.type(), to, running, force, retry);
  }

  private static int number(String version) {
    return Exploration.VERSIONS.indexOf(version) + 1;
  }
}

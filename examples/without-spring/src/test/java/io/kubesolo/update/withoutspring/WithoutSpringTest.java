package io.kubesolo.update.withoutspring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithoutSpringTest {
  @TempDir
  Path folder;

  @Test
  void runsWithoutSpring() {
    Path state = folder.resolve("state.json");
    assertThat(output(state)).isEqualTo("checking\nidle\n");
    assertThat(output(state)).isEqualTo("checking\nidle\n");
    assertThat(StateFile.at(state).read().get().state().revision()).isEqualTo(4);
  }

  @Test
  void theDefaultEngineSaysToPassATableEngine() {
    StateFile file = StateFile.at(folder.resolve("state.json"));

    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatIllegalStateException()
          .isThrownBy(() -> UpdateLifecycle.open(file))
          .withMessage("Spring Statemachine is not on the class path or module path: add"
              + " spring-statemachine-core, or pass a TableEngine, as in"
              + " UpdateLifecycle.open(store, settings, new TableEngine())");
    }
    assertThat(folder).isEmptyDirectory();
  }

  private static String output(Path state) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      WithoutSpring.main(new String[] {state.toString()});
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}

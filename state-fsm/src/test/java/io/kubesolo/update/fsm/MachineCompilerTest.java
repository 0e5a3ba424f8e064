package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.statemachine.config.builders.StateMachineStateConfigurer;

class MachineCompilerTest {
  @TempDir
  Path folder;

  @Test
  void writesWhatTheModuleShips() throws IOException {
    Path classes = folder.resolve("classes");
    MachineCompiler.main(
        new String[] {classes.toString(), folder.resolve("sources").toString()});

    for (String made : List.of("CompiledEdges.class", Svg.RESOURCE)) {
      assertThat(classes.resolve("io/kubesolo/update/fsm").resolve(made))
          .hasBinaryContent(shipped(made));
    }
  }

  @Test
  void writesNothingOfAFaultyMachine() {
    LifecycleConfig faulty = new LifecycleConfig() {
      @Override
      public void configure(StateMachineStateConfigurer<Phase, EventType> states) throws Exception {
        states
            .withStates()
            .initial(Phase.IDLE)
            .states(EnumSet.complementOf(EnumSet.of(Phase.FAILED)));
      }
    };

    assertThatIllegalStateException()
        .isThrownBy(() -> MachineCompiler.compile(faulty, folder, folder))
        .withMessageStartingWith("the machine is faulty: ")
        .withMessageContaining(
            "staged -fail-> failed has an end in failed, which is not declared; ");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysSoWhereTheClassCannotBeMade() throws IOException {
    Path file = Files.createFile(folder.resolve("classes"));

    assertThatIllegalStateException()
        .isThrownBy(
            () -> MachineCompiler.compile(new LifecycleConfig(), file, folder.resolve("sources")))
        .withMessageEndingWith("CompiledEdges.java cannot be compiled");
  }

  private static byte[] shipped(String resource) throws IOException {
    URL url = MachineCompiler.class.getResource(resource);
    try (var stream = url.openStream()) {
      return stream.readAllBytes();
    }
  }
}

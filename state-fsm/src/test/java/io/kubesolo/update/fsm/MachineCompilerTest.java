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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.statemachine.config.builders.StateMachineStateConfigurer;

class MachineCompilerTest {
  @TempDir
  Path folder;

  @Test
  void writesWhatTheModuleShips() throws IOException {
    Path inPackage = Files.createDirectories(folder.resolve("io/kubesolo/update/fsm"));

    MachineCompiler.main(new String[] {folder.toString()});

    assertThat(inPackage.resolve(CompiledTable.RESOURCE))
        .hasBinaryContent(shipped(CompiledTable.RESOURCE));
    assertThat(inPackage.resolve(Svg.RESOURCE)).hasBinaryContent(shipped(Svg.RESOURCE));
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
        .isThrownBy(() -> MachineCompiler.compile(faulty, folder))
        .withMessageStartingWith("the machine is faulty: ")
        .withMessageContaining(
            "staged -fail-> failed has an end in failed, which is not declared; ");
    assertThat(folder).isEmptyDirectory();
  }

  private static byte[] shipped(String resource) throws IOException {
    URL url = MachineCompiler.class.getResource(resource);
    try (var stream = url.openStream()) {
      return stream.readAllBytes();
    }
  }
}

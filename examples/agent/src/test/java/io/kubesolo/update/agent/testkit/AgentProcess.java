package io.kubesolo.update.agent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.Main;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The packaged agent as a process, on one state file, and what it left on the disk.
 *
 * @param prefix what runs it, such as strace with its options
 */
public record AgentProcess(Path state, List<String> prefix) {
  private static final Path JAR = Path.of("target", "update-agent.jar").toAbsolutePath();
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  public static AgentProcess on(Path state) {
    return new AgentProcess(state, List.of());
  }

  public AgentProcess under(String... runner) {
    return new AgentProcess(state, List.of(runner));
  }

  public List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(java("-cp", JAR.toString(), Main.class.getName()));
    command.addAll(List.of("--state", state.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Returns a JVM as the launcher starts it, which writes no file of its own, and reads those about its
   * container not from time to time: it does the same calls each time.
   */
  public static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>(List.of(
        JAVA,
        "-XX:-UsePerfData",
        "-XX:-UseContainerSupport",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:SharedArchiveFile=" + JAR.toString().replace(".jar", ".jsa"),
        "-Xlog:disable"));
    command.addAll(List.of(arguments));
    return command;
  }

  public Shell.Result run(String... arguments) {
    return Shell.run(command(arguments));
  }

  /** Sends the event that leads from idle to checking, or back. */
  public Shell.Result sendNext() {
    return run("send", nextEvent());
  }

  /** Sends the next event within this process, which is faster. */
  public CommandLineRun.Result sendNextHere() {
    return new CommandLineRun(state).run("send", nextEvent());
  }

  private String nextEvent() {
    return switch (read().phase()) {
      case IDLE -> "check";
      case CHECKING -> "cancel";
      default -> throw new AssertionError("a phase that these tests never reach: " + read());
    };
  }

  /** Returns the state in the file, which must be valid. */
  UpdateState read() {
    return StateFile.at(state)
        .read()
        .map(loaded -> loaded.state())
        .getOrElseThrow(failure -> new AssertionError(failure.message()));
  }

  boolean isValid() {
    return StateFile.at(state).read() instanceof Either.Right;
  }

  public long revision() {
    return read().revision();
  }

  /** Returns the temporary files that lie beside the state file. */
  public List<String> temporaries() throws IOException {
    if (!Files.isDirectory(directory())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".tmp"))
          .sorted()
          .toList();
    }
  }

  /** Checks that the next event is accepted and stored, and that no temporary file remains. */
  public void assertGoesOn() throws IOException {
    long before = revision();
    CommandLineRun.Result next = sendNextHere();
    assertThat(next.code()).as("%s", next).isZero();
    assertThat(revision()).isEqualTo(before + 1);
    assertThat(temporaries()).isEmpty();
  }

  public Path directory() {
    Path parent = state.getParent();
    return parent == null ? state : parent;
  }
}

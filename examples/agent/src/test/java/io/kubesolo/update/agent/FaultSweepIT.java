package io.kubesolo.update.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.Strace;
import io.kubesolo.update.agent.testkit.Strace.Call;
import io.kubesolo.update.agent.testkit.Strace.Fault;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Kills the packaged agent at every system call on the directory of the state, or makes the call
 * fail, with one call in each run, until every call was hit. The log of strace proves each hit.
 */
@Tag("prove")
class FaultSweepIT {
  private static final String ROLLED_BACK = "v9";
  private static final String INVALID =
      "{\"phase\":\"asleep\",\"rolled_back_versions\":[\"" + ROLLED_BACK + "\"]}";

  /**
   * The number of repetitions: a JVM's threads sometimes change the number of a call; then the run
   * is repeated.
   */
  private static final int TRIES = 5;

  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
  private Path root = Path.of("");

  @BeforeEach
  void useADirectoryInMemory() throws IOException {
    Tools.assumePresent("strace");
    root = Tools.directoryInMemory();
  }

  @AfterEach
  void removeIt() {
    Shell.run("rm", "-rf", root.toString());
  }

  /** The state before a run, its command, and what it must leave. */
  private interface Scenario {
    AgentProcess prepare(Path directory) throws IOException;

    String[] command();

    void judge(Run run) throws IOException;
  }

  /**
   * One run with one fault.
   *
   * @param position the call's place among all that touch the directory
   * @param lastUnlink the place of the last deletion in a run without a fault
   */
  private record Run(
      AgentProcess agent,
      Fault fault,
      Call call,
      int position,
      int lastUnlink,
      Shell.Result result) {
    boolean killed() {
      return fault == Fault.SIGKILL;
    }
  }

  @Test
  void anEventIsStoredWhollyOrNotAtAllIfAnyOperationFails() throws Exception {
    sweep("replace", new Scenario() {
      @Override
      public AgentProcess prepare(Path directory) throws IOException {
        AgentProcess agent = AgentProcess.on(directory.resolve("state.json"));
        Files.createDirectory(directory);
        for (int i = 0; i < 3; i++) {
          agent.sendNextHere();
        }
        Files.writeString(directory.resolve("state.json.tmp"), INVALID);
        Files.writeString(directory.resolve(".state.json.0000000000000000.tmp"), INVALID);
        return agent;
      }

      @Override
      public String[] command() {
        return new String[] {"send", "cancel"};
      }

      @Override
      public void judge(Run run) throws IOException {
        judgeEvent(run, 3);
      }
    });
  }

  @Test
  void anEventIsStoredWhollyOrNotAtAllIfAnyOperationOfTheFirstOneFails() throws Exception {
    sweep("first", new Scenario() {
      @Override
      public AgentProcess prepare(Path directory) throws IOException {
        Files.createDirectory(directory);
        return AgentProcess.on(directory.resolve("kubesolo/update/state.json"));
      }

      @Override
      public String[] command() {
        return new String[] {"send", "check"};
      }

      @Override
      public void judge(Run run) throws IOException {
        judgeEvent(run, 0);
      }
    });
  }

  @Test
  void whatARepairFindsIsKeptIfAnyOperationFails() throws Exception {
    sweep("repair", new Scenario() {
      @Override
      public AgentProcess prepare(Path directory) throws IOException {
        Files.createDirectory(directory);
        Path state = directory.resolve("state.json");
        Files.writeString(state, INVALID);
        return AgentProcess.on(state);
      }

      @Override
      public String[] command() {
        return new String[] {"repair"};
      }

      @Override
      public void judge(Run run) throws IOException {
        judgeRepair(run);
      }
    });
  }

  private void sweep(String name, Scenario scenario) throws Exception {
    List<Call> calls = reference(name, scenario);
    List<Callable<String>> runs = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      for (Fault fault : Fault.values()) {
        int position = i;
        runs.add(() -> hit(name, scenario, calls, position, fault));
      }
    }
    long begin = System.nanoTime();
    List<String> fired = all(runs);
    System.out.printf(
        "fault sweep: %s: %d calls on the state's directory, %d faults injected, %d proven by the"
            + " log, %d problems, %d s: %s%n",
        name,
        calls.size(),
        runs.size(),
        fired.size(),
        problems.size(),
        (System.nanoTime() - begin) / 1_000_000_000,
        calls);

    assertThat(problems).isEmpty();
    assertThat(fired).hasSize(runs.size());
  }

  private static List<String> all(List<Callable<String>> runs)
      throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<String> results = new ArrayList<>();
      for (Future<String> run : pool.invokeAll(runs)) {
        results.add(run.get());
      }
      results.removeIf(String::isEmpty);
      return results;
    } finally {
      pool.shutdownNow();
    }
  }

  /** Returns the calls of a run in which nothing fails. */
  private List<Call> reference(String name, Scenario scenario) throws IOException {
    Path directory = root.resolve(name);
    Path log = root.resolve(name + ".log");
    AgentProcess agent = scenario.prepare(directory);
    Shell.Result result = agent.under(Strace.everything(log)).run(scenario.command());
    Tools.assume(
        result.succeeded() || !result.err().contains("ptrace"),
        "strace may not trace here: " + result.err());
    assertThat(result.code()).as("%s", result).isZero();
    List<Call> calls = Strace.calls(log, directory);
    assertThat(calls)
        .extracting(Call::thread)
        .as("one thread does it all")
        .containsOnly(calls.get(0).thread());
    assertThat(calls).extracting(Call::name).contains("openat", "write", "fsync", "rename");
    return calls;
  }

  /** Runs until the log proves that the fault hit, and returns what was hit; nothing if it never did. */
  private String hit(String name, Scenario scenario, List<Call> calls, int position, Fault fault)
      throws IOException {
    Call call = calls.get(position);
    for (int i = 0; i < TRIES; i++) {
      Path directory = root.resolve("%s-%d-%s-%d".formatted(name, position, fault, i));
      Path log = Path.of(directory + ".log");
      AgentProcess agent = scenario.prepare(directory);
      Shell.Result result = agent.under(Strace.injecting(log, call, fault)).run(scenario.command());
      if (Strace.fired(log, directory, call, fault)) {
        Run run = new Run(agent, fault, call, position, lastUnlink(calls), result);
        judge(run, scenario, log);
        return fault + " at " + call;
      }
    }
    problems.add("never hit: " + fault + " at " + call + ", " + call.line());
    return "";
  }

  private void judge(Run run, Scenario scenario, Path log) throws IOException {
    try {
      assertThat(run.result().code()).isIn(run.killed() ? List.of(137) : List.of(0, 11, 12));
      if (run.result().code() != 0 && !run.killed()) {
        assertThat(run.result().err()).hasLineCount(1).contains(root.toString());
      }
      scenario.judge(run);
    } catch (AssertionError | RuntimeException e) {
      problems.add("%s at %s (%s): %s -> %s; %s"
          .formatted(
              run.fault(),
              run.call(),
              run.call().line(),
              run.result(),
              e,
              Files.readString(log)
                  .lines()
                  .filter(line -> line.contains("INJECTED"))
                  .toList()));
    }
  }

  private static void judgeEvent(Run run, long before) throws IOException {
    AgentProcess agent = run.agent();
    long revision = agent.revision();
    assertThat(revision).isBetween(before, before + 1);
    switch (run.result().code()) {
      case 0 -> assertThat(revision).isEqualTo(before + 1);
      case 11 -> assertThat(revision).isEqualTo(before);
      case 12 -> assertOutcomeIsReported(run.result().err(), revision, before);
      default -> assertThat(run.killed()).isTrue();
    }
    if (!run.killed()) {
      assertThat(agent.temporaries())
          .isSubsetOf(".state.json.0000000000000000.tmp", "state.json.tmp");
      if (run.position() > run.lastUnlink()) {
        assertThat(agent.temporaries()).isEmpty();
      }
    }
    agent.assertGoesOn();
  }

  private static void assertOutcomeIsReported(String error, long revision, long before) {
    boolean old = error.contains("the old state is kept");
    assertThat(old).isNotEqualTo(error.contains("unknown"));
    if (old) {
      assertThat(revision).isEqualTo(before);
    }
  }

  private static void judgeRepair(Run run) throws IOException {
    AgentProcess agent = run.agent();
    List<Path> kept = invalidFiles(agent.directory());
    assertThat(agent.state()).exists();
    if (run.result().code() == 0) {
      assertThat(kept).doesNotContain(agent.state());
    }
    boolean unknown = run.result().err().contains(" is unknown: ");
    assertThat(kept).hasSizeBetween(1, run.killed() || unknown ? 2 : 1);
    if (!run.killed()) {
      assertThat(agent.temporaries()).isEmpty();
    }
    if (kept.contains(agent.state())) {
      assertThat(new CommandLineRun(agent.state()).run("repair").code()).isZero();
    }
    agent.assertGoesOn();
    assertThat(agent.state()).content().contains(ROLLED_BACK);
    assertThat(invalidFiles(agent.directory())).isNotEmpty().doesNotContain(agent.state());
  }

  private static List<Path> invalidFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> invalid = new ArrayList<>();
      for (Path file : files.toList()) {
        if (Files.readString(file).equals(INVALID)) {
          invalid.add(file);
        }
      }
      return invalid;
    }
  }

  private static int lastUnlink(List<Call> calls) {
    int last = -1;
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).name().equals("unlink")) {
        last = i;
      }
    }
    return last;
  }
}

package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Embedded;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Eight processes with eight threads each on one file, some of which are killed, and readers at the
 * same time.
 */
@Tag("prove")
class ConcurrencyIT {
  private static final int PROCESSES = 8;
  private static final int THREADS = 8;
  private static final int EVENTS = 60;
  private static final int KILLED = 6;
  private static final long LOCK_DEADLINE_MILLIS = 10_000;

  private final List<Process> processes = new ArrayList<>();
  private final List<Path> answers = new ArrayList<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicLong reads = new AtomicLong();
  private final List<String> problems = new ArrayList<>();
  private Path root;
  private final Path state;

  ConcurrencyIT() throws IOException {
    root = Tools.directoryInMemory();
    state = root.resolve("update/state.json");
  }

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
    Shell.run("rm", "-rf", root.toString());
  }

  @Test
  void noEventIsLostAndNoSenderStarves() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    assertThat(new CommandLineRun(state).run("send", "check").code()).isZero();
    for (int i = 0; i < PROCESSES; i++) {
      start();
    }
    List<Thread> readers =
        Stream.generate(() -> new Thread(this::read)).limit(3).toList();
    readers.forEach(Thread::start);
    for (int i = 0; i < KILLED; i++) {
      Thread.sleep(300 + random.nextInt(700));
      processes.get(random.nextInt(processes.size())).destroyForcibly();
      start();
    }
    for (Process process : processes) {
      process.waitFor();
    }
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    judge(seed);
  }

  private void start() throws IOException {
    Path answer = Files.createFile(root.resolve("answers-" + answers.size()));
    answers.add(answer);
    processes.add(new ProcessBuilder(Embedded.sending(state, THREADS, EVENTS))
        .redirectErrorStream(true)
        .redirectOutput(answer.toFile())
        .start());
  }

  private void read() {
    StateFile file = StateFile.at(state);
    long last = 1;
    while (!done.get()) {
      long next = file.read().map(loaded -> whole(loaded.state())).getOrElse(-1L);
      if (next < last) {
        problem("a reader saw revision " + next + " after " + last);
      }
      last = next;
      reads.incrementAndGet();
    }
  }

  /** Returns the revision, which is odd in checking, because only check and cancel are sent. */
  private long whole(UpdateState state) {
    Phase phase = state.revision() % 2 == 0 ? Phase.IDLE : Phase.CHECKING;
    if (state.phase() != phase) {
      problem("a reader saw " + state);
    }
    return state.revision();
  }

  private void problem(String problem) {
    synchronized (problems) {
      problems.add(problem);
    }
  }

  private void judge(long seed) {
    int killed = 0;
    for (Process process : processes) {
      killed += process.exitValue() == 0 ? 0 : 1;
    }
    List<String> lines = answers.stream().flatMap(ConcurrencyIT::wholeLines).toList();
    List<Long> accepted = lines.stream()
        .filter(line -> line.startsWith("accepted"))
        .map(line -> Long.parseLong(line.split(" ", -1)[1]))
        .toList();
    long slowest = lines.stream()
        .filter(line -> line.matches("(accepted|refused) .*"))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .max()
        .orElse(0);
    long revision = AgentProcess.on(state).revision();
    System.out.printf(
        "concurrency: %d processes of %d threads, %d killed; %d events accepted, %d answers,"
            + " revision %d; %d reads; the slowest answer took %d ms; seed %d%n",
        processes.size(),
        THREADS,
        killed,
        accepted.size(),
        lines.size(),
        revision,
        reads.get(),
        slowest,
        seed);

    assertThat(problems).isEmpty();
    assertThat(lines).filteredOn(line -> line.startsWith("failed")).isEmpty();
    assertThat(accepted).doesNotHaveDuplicates().hasSizeGreaterThan(1000);
    assertThat(revision)
        .isBetween(1L + accepted.size(), 1L + accepted.size() + (long) killed * THREADS);
    assertThat(accepted).allMatch(each -> each <= revision);
    assertThat(slowest).isLessThan(LOCK_DEADLINE_MILLIS);
    assertThat(killed).isPositive();
    assertThat(reads.get()).isGreaterThan(1000);
  }

  /** Returns the complete lines; a killed process may not have finished its last one. */
  private static Stream<String> wholeLines(Path answer) {
    try {
      String text = Files.readString(answer, UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

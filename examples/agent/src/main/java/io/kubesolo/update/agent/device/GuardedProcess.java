package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command that is killed, with all processes that it has started, when it is closed or when this
 * JVM is terminated, also if it has ended and they have not. Descendants are found by their
 * parents. Daemons, which have left their parent, are found by a mark that they inherit in their
 * environment.
 */
final class GuardedProcess implements AutoCloseable {
  private static final String MARK = "UPDATE_AGENT_MARK";

  /** Each round finds the processes that were started during the round before it. */
  private static final int MAX_ROUNDS = 20;

  /** How often, and after which pauses, an empty environment is read again. */
  private static final int MAX_READS = 20;

  private static final long READ_PAUSE_NANOS = 1_000_000;

  private static final long DEATH_MS = 500;

  /** Unique within a boot: a process id is not used twice in a nanosecond. */
  private final String mark = ProcessHandle.current().pid() + "-" + System.nanoTime();

  private final Thread hook = new Thread(this::kill, "kills a command");
  private final ProcessBuilder builder;
  private @Nullable Process process;

  GuardedProcess(ProcessBuilder builder) {
    this.builder = builder;
    builder.environment().put(MARK, mark);
  }

  /** Starts the command, whose standard input is empty; once only. */
  synchronized Process start() throws IOException {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      awaitHalt();
    }
    Process started = builder.start();
    process = started;
    started.getOutputStream().close();
    return started;
  }

  /** Leaves the processes that the command has started alone. */
  synchronized void release() {
    process = null;
  }

  /** Kills what still runs. If this JVM is being terminated, this does not return. */
  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      awaitHalt();
    }
  }

  private synchronized void kill() {
    if (process != null) {
      killTree(process.toHandle());
    }
  }

  /**
   * Blocks until the JVM has ended: the command was killed with it, so its result must not be used.
   */
  private static void awaitHalt() {
    while (true) {
      LockSupport.park();
    }
  }

  private void killTree(ProcessHandle root) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Set<ProcessHandle> alive = alive(root);
      if (alive.isEmpty()) {
        return;
      }
      alive.forEach(ProcessHandle::destroyForcibly);
      CompletableFuture.allOf(
              alive.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .completeOnTimeout(null, DEATH_MS, TimeUnit.MILLISECONDS)
          .join();
    }
  }

  private Set<ProcessHandle> alive(ProcessHandle root) {
    Stream<ProcessHandle> marked = ProcessHandle.allProcesses().filter(this::isMarked);
    Stream<ProcessHandle> family = Stream.concat(Stream.of(root), root.descendants());
    return Stream.concat(family, marked).filter(ProcessHandle::isAlive).collect(Collectors.toSet());
  }

  /**
   * Returns whether a process was started by the command. While the kernel starts a program, the
   * environment of its process is empty for a moment; that of a kernel thread, which has no program,
   * always is.
   */
  private boolean isMarked(ProcessHandle candidate) {
    Path process = Path.of("/proc", Long.toString(candidate.pid()));
    try {
      String environment = Files.readString(process.resolve("environ"), ISO_8859_1);
      for (int i = 0; i < MAX_READS && environment.isEmpty(); i++) {
        Files.readSymbolicLink(process.resolve("exe"));
        LockSupport.parkNanos(READ_PAUSE_NANOS);
        environment = Files.readString(process.resolve("environ"), ISO_8859_1);
      }
      return environment.contains(MARK + "=" + mark);
    } catch (IOException e) {
      return false;
    }
  }
}

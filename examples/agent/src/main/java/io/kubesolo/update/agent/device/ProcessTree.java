package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process and its descendants. They are found by their parents and, because a daemon has left its
 * parent, by a mark that they inherited in their environment.
 */
final class ProcessTree {
  /** The environment variable that holds the mark. */
  static final String MARK = "UPDATE_AGENT_MARK";

  /** Each round finds what was started while the one before it killed. */
  private static final int MAX_ROUNDS = 20;

  private static final long DYING_MS = 500;

  private ProcessTree() {}

  static void kill(ProcessHandle root, String mark) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Set<ProcessHandle> alive = alive(root, mark);
      if (alive.isEmpty()) {
        return;
      }
      alive.forEach(ProcessHandle::destroyForcibly);
      CompletableFuture.allOf(
              alive.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .completeOnTimeout(null, DYING_MS, TimeUnit.MILLISECONDS)
          .join();
    }
  }

  private static Set<ProcessHandle> alive(ProcessHandle root, String mark) {
    Stream<ProcessHandle> marked = ProcessHandle.allProcesses().filter(p -> isMarked(p, mark));
    Stream<ProcessHandle> family = Stream.concat(Stream.of(root), root.descendants());
    return Stream.concat(family, marked).filter(ProcessHandle::isAlive).collect(Collectors.toSet());
  }

  private static boolean isMarked(ProcessHandle process, String mark) {
    try {
      Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
      return Files.readString(environment, ISO_8859_1).contains(MARK + "=" + mark);
    } catch (IOException e) {
      return false;
    }
  }
}

package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that embeds the lifecycle. It prints a line for each answer, when it has it: {@code
 * accepted} and the revision, {@code refused} by the machine, or {@code failed} and why.
 */
public final class Embedded {
  private static final Path JAR = Path.of("target", "update-agent.jar").toAbsolutePath();
  private static final Path TESTS = Path.of("target", "test-classes").toAbsolutePath();

  private final UpdateLifecycle lifecycle;

  private Embedded(UpdateLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /** Returns the command by which a number of threads send a number of events each. */
  public static List<String> sending(Path state, int threads, int events) {
    return command(state, Integer.toString(threads), Integer.toString(events));
  }

  /** Returns the command that sends an event for each line of its input. */
  public static List<String> listening(Path state) {
    return command(state);
  }

  private static List<String> command(Path state, String... arguments) {
    List<String> command = new ArrayList<>(
        AgentProcess.java("-cp", JAR + ":" + TESTS, Embedded.class.getName(), state.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Sends events to the file of a path: with two numbers, as many threads send as many events each;
   * without them, each line of the input sends one.
   */
  public static void main(String... args) throws IOException, InterruptedException {
    Embedded embedded = new Embedded(UpdateLifecycle.open(
            StateFile.at(Path.of(args[0])), LifecycleSettings.DEFAULT, new TableEngine())
        .getOrElseThrow(failure -> new IllegalStateException(failure.message())));
    if (args.length == 1) {
      embedded.listen();
    } else {
      embedded.sendMany(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    }
  }

  private void listen() throws IOException {
    for (int c = System.in.read(); c >= 0; c = System.in.read()) {
      if (c == '\n') {
        send();
      }
    }
  }

  private void sendMany(int threads, int events) throws InterruptedException {
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(() -> {
        for (int k = 0; k < events; k++) {
          send();
        }
      });
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
  }

  private void send() {
    UpdateEvent event = lifecycle.state().phase() == Phase.IDLE
        ? new UpdateEvent.Check()
        : new UpdateEvent.Cancel();
    long begin = System.nanoTime();
    Either<Rejection, UpdateState> answer = lifecycle.send(event);
    long millis = (System.nanoTime() - begin) / 1_000_000;
    String line = answer.fold(
        no -> no instanceof StoreFailure ? "failed " + no.message() : "refused " + millis,
        yes -> "accepted " + yes.revision() + " " + millis);
    System.out.println(line);
  }
}

package io.kubesolo.update.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The life of one state file: two agents send events and are killed, the disk fails, clocks jump,
 * and other programs write. After each step the file must contain what is expected.
 */
final class DeviceLife {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MAX_ATTEMPTS = 3;
  private static final String FOREIGN_KEY = "of_another_program";

  /** The keys that the Go agent knows; it drops all others when it writes. */
  private static final List<String> SEED_KEYS = List.of(
      "phase",
      "from_version",
      "to_version",
      "started_at",
      "updated_at",
      "last_error",
      "attempt_count");

  /** An event, chosen by numbers: a permitted one, or any event if the number is negative. */
  record Choice(int type, int target, int running, boolean force) {}

  /** An event whose outcome its sender has not learned, and the revision that it makes. */
  private record Unanswered(UpdateEvent event, long revision) {}

  /** The failure that is injected into a change of the disk. */
  enum InjectedFailure {
    NONE,
    FAULT,
    DEATH
  }

  /** The end of an agent. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Injects a failure into one change of the disk. */
  private static final class Saboteur implements WatchedFileSystem.Watch {
    private InjectedFailure injected = InjectedFailure.NONE;
    private int left;

    private void strike() throws IOException {
      left--;
      if (left != 0 || injected == InjectedFailure.NONE) {
        return;
      }
      if (injected == InjectedFailure.DEATH) {
        throw new Death();
      }
      throw new IOException("Input/output error");
    }

    @Override
    public void before(Path changed) throws IOException {
      strike();
    }

    @Override
    public void after(Path changed) {}

    @Override
    public void renaming(Path from, Path to) {}

    @Override
    public void synced(Path path) throws IOException {
      strike();
    }
  }

  private final Path file;
  private final LifecycleEngine engine;
  private final LifecycleEngine reference;
  private final Saboteur saboteur = new Saboteur();
  private final StateFile watched;
  private final List<UpdateLifecycle> agents = new ArrayList<>();
  private final Script script;
  private final ManualClock clock = new ManualClock();
  private final List<Unanswered> unanswered = new ArrayList<>();
  private @Nullable String foreignValue;

  /** Creates a life by one engine, which must answer as another one does. */
  DeviceLife(Path directory, LifecycleEngine engine, LifecycleEngine reference, Script script) {
    this.file = directory.resolve("state.json");
    this.engine = engine;
    this.reference = reference;
    this.script = script;
    this.watched = StateFile.at(new WatchedFileSystem(saboteur).watched(file), clock);
    agents.add(open());
    agents.add(open());
  }

  private UpdateLifecycle open() {
    LifecycleSettings settings = LifecycleSettings.DEFAULT
        .withMaxAttempts(MAX_ATTEMPTS)
        .withClock(clock)
        .withBoot(clock::boot);
    return UpdateLifecycle.open(watched, settings, engine)
        .getOrElseThrow(failure -> new AssertionError(failure.message()));
  }

  /** Returns the state as a program reads it that is independent of the agents. */
  private UpdateState read() {
    return StateFile.at(file, clock)
        .read()
        .getOrElseThrow(failure -> new AssertionError(failure.message()))
        .state();
  }

  void reopen(int agent) {
    agents.get(agent).close();
    agents.set(agent, open());
    assertThat(agents.get(agent).state()).isEqualTo(read());
  }

  void reboot() {
    clock.reboot();
    agents.set(0, open());
    agents.set(1, open());
  }

  void jump(Duration time) {
    clock.setWallClock(clock.instant().plus(time));
  }

  /**
   * Writes the state like an agent from before this project: it keeps the keys that it knows, and
   * drops all others.
   */
  void seedWrites() throws IOException {
    ObjectNode state = content();
    state.retain(SEED_KEYS);
    state.put("updated_at", clock.instant().toString());
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(state) + "\n");
    foreignValue = null;
    // Revisions count from 0 again, so the mark of an earlier event fits no file any more.
    unanswered.clear();
  }

  void anotherProgramWrites(int value) throws IOException {
    foreignValue = "{\"precise\":1." + value + "0,\"text\":\"é😀\"}";
    String text = JSON.writeValueAsString(content().without(FOREIGN_KEY));
    String member = ",\"" + FOREIGN_KEY + "\":" + foreignValue + "}";
    Files.writeString(file, text.substring(0, text.length() - 1) + member);
  }

  private ObjectNode content() throws IOException {
    return Files.exists(file)
        ? (ObjectNode) JSON.readTree(file.toFile())
        : JSON.createObjectNode()
            .put("phase", "idle")
            .put("updated_at", clock.instant().toString());
  }

  /** Lets an agent send an event, and injects a failure into a change of the disk. */
  void send(int agent, Choice choice, InjectedFailure injected, int change) throws IOException {
    UpdateState before = read();
    EventType type = type(choice, before);
    Values values = values(choice, type, before);
    UpdateEvent event =
        UpdateEvent.of(type, values).getOrElseThrow(problem -> new AssertionError(problem));
    script.add(type, values, clock.instant());
    try {
      send(agent, event, before, injected, change);
      assertForeignValueIsKept();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(e.getMessage() + System.lineSeparator() + script.save(before), e);
    }
  }

  private void send(
      int agent, UpdateEvent event, UpdateState before, InjectedFailure injected, int change) {
    boolean resent = unanswered.contains(new Unanswered(event, before.revision()));
    Either<Rejection, UpdateState> expected = resent
        ? Either.right(before)
        : reference.decide(
            before, event, new EventContext(clock.instant(), clock.boot(), MAX_ATTEMPTS));
    saboteur.injected = injected;
    saboteur.left = change;
    UpdateState known = agents.get(agent).state();
    try {
      Either<Rejection, UpdateState> answer = agents.get(agent).send(event);
      saboteur.injected = InjectedFailure.NONE;
      if (injected == InjectedFailure.DEATH
          && answer.isLeft()
          && answer.getLeft() instanceof NotPersisted) {
        throw new Death();
      }
      judge(answer, expected, before, injected);
      remember(event, answer, expected);
      if (!isOld(answer) || !agents.get(agent).state().equals(known)) {
        assertMemoryIsTheFile(agent);
      }
    } catch (Death e) {
      saboteur.injected = InjectedFailure.NONE;
      assertThat(read()).isIn(before, expected.getOrElse(before));
      remember(event, expected);
      agents.set(agent, open());
      assertThat(agents.get(agent).state()).isEqualTo(read());
    }
  }

  private void remember(
      UpdateEvent event,
      Either<Rejection, UpdateState> answer,
      Either<Rejection, UpdateState> expected) {
    if (answer.isRight()) {
      unanswered.clear();
    } else if (answer.getLeft() instanceof NotPersisted failure
        && failure.outcome() == Outcome.UNKNOWN) {
      remember(event, expected);
    }
  }

  /** Remembers an event that made the present state and was not answered. */
  private void remember(UpdateEvent event, Either<Rejection, UpdateState> expected) {
    if (expected.contains(read())) {
      unanswered.add(new Unanswered(event, expected.get().revision()));
    }
  }

  /** Returns whether nothing happened; without the lock, the agent has read nothing either. */
  private static boolean isOld(Either<Rejection, UpdateState> answer) {
    return answer.isLeft()
        && answer.getLeft() instanceof NotPersisted failure
        && failure.outcome() == Outcome.OLD;
  }

  /** Checks that an agent's state equals the file. A missing file is a fresh state, of any time. */
  private void assertMemoryIsTheFile(int agent) {
    UpdateState memory = agents.get(agent).state();
    if (Files.exists(file)) {
      assertThat(memory).isEqualTo(read());
    } else {
      assertThat(memory.revision()).isZero();
      assertThat(memory.phase()).isEqualTo(read().phase());
    }
  }

  private void judge(
      Either<Rejection, UpdateState> answer,
      Either<Rejection, UpdateState> expected,
      UpdateState before,
      InjectedFailure injected) {
    if (answer.isLeft() && answer.getLeft() instanceof NotPersisted failure) {
      assertThat(injected).isEqualTo(InjectedFailure.FAULT);
      List<UpdateState> possible = failure.outcome() == Outcome.OLD
          ? List.of(before)
          : List.of(before, expected.getOrElse(before));
      assertThat(read()).isIn(possible);
    } else {
      assertThat(answer).isEqualTo(expected);
      assertThat(read()).isEqualTo(expected.getOrElse(before));
    }
  }

  /**
   * Checks that what another program wrote is unchanged to the last digit while only our agents
   * write.
   */
  private void assertForeignValueIsKept() throws IOException {
    if (foreignValue != null) {
      String text = Files.readString(file).replaceAll("\\s", "");
      assertThat(text).contains("\"" + FOREIGN_KEY + "\":" + foreignValue);
    }
  }

  private EventType type(Choice choice, UpdateState state) {
    List<EventType> types = choice.type() < 0
        ? List.of(EventType.values())
        : reference.table().permitted(state.phase());
    return types.get(Math.floorMod(choice.type(), types.size()));
  }

  private static Values values(Choice choice, EventType type, UpdateState state) {
    return new Values(
        Option.some(version(choice.target(), state)),
        Option.some(version(choice.running() + (type == EventType.VERIFY ? 0 : 1), state)),
        Option.some("error " + choice.target()),
        choice.force(),
        choice.running() % 2 == 0);
  }

  /** Returns a version by a number; 0 is the target, so that verifying often succeeds. */
  private static String version(int number, UpdateState state) {
    return number == 0 ? state.toVersion().getOrElse("v1") : "v" + number;
  }
}

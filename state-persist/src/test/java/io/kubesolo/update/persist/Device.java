package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A directory with a state file, which tests prepare and inspect. */
record Device(Path directory) {
  static final Instant NOW = Instant.parse("2026-03-04T05:06:07.89Z");
  static final InstantSource CLOCK = InstantSource.fixed(NOW);
  static final Duration SHORT = Duration.ofMillis(50);

  /** The content of a device that runs v1 and has begun to update to v2. */
  static final String WHOLE = """
      {
        "phase": "downloading",
        "from_version": "v1",
        "to_version": "v2",
        "started_at": "2026-01-02T03:04:05Z",
        "updated_at": "2026-01-02T03:04:06.5Z",
        "last_error": "e",
        "attempt_count": 2,
        "revision": 7,
        "boot": {"id": "b", "uptime_s": 12.5},
        "rolled_back_versions": ["v0"],
        "history": [
          {"at": "2026-01-02T03:04:06.5Z", "event": "download", "from": "checking", "to": "downloading", "to_version": "v2"}
        ]
      }
      """;

  Path path() {
    return directory.resolve("state.json");
  }

  Path lock() {
    return directory.resolve("state.json.lock");
  }

  StateFile file() {
    return new StateFile(path(), CLOCK, SHORT);
  }

  Device holding(String content) throws IOException {
    return holding(content.getBytes(UTF_8));
  }

  Device holding(byte[] content) throws IOException {
    Files.write(path(), content);
    return this;
  }

  String text() throws IOException {
    return Files.readString(path());
  }

  UpdateState state() {
    return file().read().get().state();
  }

  /** Returns the message that a read ends in, without the path it begins with. */
  String problem() {
    String message = file().read().getLeft().message();
    String start = path() + ": ";
    return message.startsWith(start) ? message.substring(start.length()) : "no path in " + message;
  }

  /**
   * Returns each entry of the directory with all there is to see of it from outside, and its
   * content.
   */
  Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>();
    try (Stream<Path> found = Files.list(directory)) {
      found.forEach(each -> entries.put(String.valueOf(each.getFileName()), look(each)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  private static String look(Path path) {
    try {
      PosixFileAttributes found =
          Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS);
      String content = found.isRegularFile() && Files.isReadable(path)
          ? new String(Files.readAllBytes(path), ISO_8859_1)
          : "";
      return String.join(
          " ",
          String.valueOf(found.fileKey()),
          PosixFilePermissions.toString(found.permissions()),
          found.lastModifiedTime().toString(),
          content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Persists the next state, made of the one on disk by whatever was asked. */
  static Either<Rejection, UpdateState> persist(StateFile file, UnaryOperator<UpdateState> next) {
    return file.exclusively((loaded, persistListener) -> persist(loaded, persistListener, next));
  }

  private static Either<Rejection, UpdateState> persist(
      Loaded loaded, PersistListener persistListener, UnaryOperator<UpdateState> next) {
    UpdateState before = loaded.state();
    Transition transition = new Transition(before, new UpdateEvent.Check(), next.apply(before));
    return Either.narrow(persistListener.onAccepted(transition));
  }

  /** Sends one event by way of an edge made for it, from wherever the file stands. */
  static UpdateState send(StateFile file, UpdateEvent event, Phase to, Action... actions) {
    return persist(file, before -> {
          EventType type = event.type();
          Edge edge = new Edge(before.phase(), type, to, List.of(), List.of(actions));
          Boot boot = new Boot("b", Duration.ofSeconds(9));
          return edge.take(before, event, new EventContext(NOW, Option.some(boot), 0));
        })
        .getOrElseThrow(rejection -> new AssertionError(rejection.message()));
  }

  /** Returns the state after an event that changes nothing but the revision. */
  static UpdateState counted(UpdateState state) {
    return state.toBuilder().revision(state.revision() + 1).build();
  }
}

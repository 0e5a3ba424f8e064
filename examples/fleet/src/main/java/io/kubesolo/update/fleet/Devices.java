package io.kubesolo.update.fleet;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.SqlStateStore;
import io.kubesolo.update.persist.StateJson;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * The lifecycles of the devices. A lifecycle is opened for each call, because another instance of the
 * service may have changed the row since; the time is the database's.
 *
 * <p>Safe for use by several threads.
 */
@Component
final class Devices {
  /** A device as it was read at a time; its revision is 0 if no event was accepted for it yet. */
  record Device(
      String id, UpdateState state, List<EventType> permitted, Deadlines limits, Option<Boot> now) {
    /** Keeps the digits of a number as they are. */
    private static final JsonMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .build();

    /** Returns the revision as an entity tag. */
    String tag() {
      return "\"" + state.revision() + "\"";
    }

    ObjectNode json() {
      ObjectNode json = JSON.createObjectNode();
      json.put("id", id);
      ArrayNode names = json.putArray("permitted");
      permitted.forEach(type -> names.add(type.wireName()));
      Deadlines.age(state, now).forEach(age -> json.put("age_s", age.toSeconds()));
      limits.limit(state.phase()).forEach(limit -> json.put("deadline_s", limit.toSeconds()));
      json.put("overdue", limits.overdue(state, now).isDefined());
      try {
        json.set("state", JSON.readTree(StateJson.encode(state)));
      } catch (IOException e) {
        throw new UncheckedIOException("a state is not JSON", e);
      }
      return json;
    }
  }

  private final DataSource database;
  private final LifecycleEngine engine;
  private final FleetProperties properties;
  private final Deadlines limits;
  private final MeterRegistry meters;
  private final TransitionLog log;
  private final Announcer announcer;

  Devices(
      DataSource database,
      LifecycleEngine engine,
      FleetProperties properties,
      MeterRegistry meters,
      TransitionLog log,
      Announcer announcer) {
    this.database = database;
    this.engine = engine;
    this.properties = properties;
    this.limits = properties.limits();
    this.meters = meters;
    this.log = log;
    this.announcer = announcer;
  }

  /**
   * Reads a device.
   *
   * @throws IllegalArgumentException if the id is no id of a device
   */
  Either<StoreFailure, Device> read(String id) {
    SqlStateStore store = new SqlStateStore(database, id);
    return store.read().map(loaded -> device(id, store, loaded.state()));
  }

  /**
   * Sends an event for a device.
   *
   * @throws IllegalArgumentException if the id is no id of a device
   */
  Either<Rejection, Device> send(String id, UpdateEvent event, Option<Long> ifRevision) {
    SqlStateStore store = new SqlStateStore(
        database, id, (connection, transition) -> log.write(connection, id, transition));
    Either<Rejection, UpdateState> answer = Either.<Rejection, UpdateLifecycle>narrow(open(store))
        .flatMap(lifecycle -> {
          try (lifecycle) {
            return ifRevision.isDefined()
                ? lifecycle.send(event, ifRevision.get())
                : lifecycle.send(event);
          }
        })
        .peek(state -> announcer.announce());
    String outcome = answer.isRight() ? "accepted" : reason(answer.getLeft());
    Counter.builder("kubesolo.fleet.events")
        .description("Events that were sent, with their answers.")
        .tag("event", event.type().wireName())
        .tag("answer", outcome)
        .register(meters)
        .increment();
    return answer.map(state -> device(id, store, state));
  }

  /** Sends the event that a device's phase calls for if it is overdue; none if it is not. */
  Option<Either<Rejection, Device>> end(String id) {
    SqlStateStore store = new SqlStateStore(database, id);
    Either<StoreFailure, Option<Either<Rejection, Device>>> answer = open(store).map(lifecycle -> {
      try (lifecycle) {
        long revision = lifecycle.state().revision();
        return lifecycle.overdue().map(overdue -> send(id, overdue.event(), Option.some(revision)));
      }
    });
    return answer.getOrElseGet(failure -> Option.some(Either.left(failure)));
  }

  private Either<StoreFailure, UpdateLifecycle> open(SqlStateStore store) {
    LifecycleSettings settings = LifecycleSettings.DEFAULT
        .withMaxAttempts(properties.maxAttempts())
        .withDeadlines(limits)
        .withBoot(store::boot)
        .withClock(() -> now(store));
    return UpdateLifecycle.open(store, settings, engine);
  }

  private static Instant now(SqlStateStore store) {
    return store.boot().map(boot -> Instant.EPOCH.plus(boot.uptime())).getOrElse(Instant::now);
  }

  private Device device(String id, SqlStateStore store, UpdateState state) {
    Option<Boot> now = store.boot();
    return new Device(id, state, engine.table().permitted(state.phase()), limits, now);
  }

  /** Returns the reason of a rejection, as a problem document and the metrics have it. */
  static String reason(Rejection rejection) {
    return rejection
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }
}

package io.kubesolo.update.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Deadlines.Overdue;
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
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * The lifecycles of the devices. A lifecycle is opened for each call, because another instance of
 * the service may have changed the row since; the time is the database's.
 *
 * <p>Safe for use by several threads.
 */
@Component
final class Devices {
  /** A device as it was read at a time; its revision is 0 if no event was accepted for it yet. */
  record Device(
      String id, UpdateState state, List<EventType> permitted, Deadlines limits, Option<Boot> now) {
    Option<Overdue> overdue() {
      return limits.overdue(state, now);
    }

    ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("id", id);
      ArrayNode names = json.putArray("permitted");
      permitted.forEach(type -> names.add(type.wireName()));
      Deadlines.age(state, now).forEach(age -> json.put("age_s", age.toSeconds()));
      limits.limit(state.phase()).forEach(limit -> json.put("deadline_s", limit.toSeconds()));
      json.put("overdue", overdue().isDefined());
      json.putRawValue("state", new RawValue(StateJson.of(state)));
      return json;
    }
  }

  private final DataSource database;
  private final LifecycleEngine engine;
  private final LifecycleSettings settings;
  private final MeterRegistry meters;
  private final TransitionLog log;
  private final TransitionNotifier notifier;

  Devices(
      DataSource database,
      LifecycleEngine engine,
      FleetProperties properties,
      MeterRegistry meters,
      TransitionLog log,
      TransitionNotifier notifier) {
    this.database = database;
    this.engine = engine;
    this.settings = LifecycleSettings.DEFAULT
        .withMaxAttempts(properties.maxAttempts())
        .withDeadlines(properties.limits());
    this.meters = meters;
    this.log = log;
    this.notifier = notifier;
  }

  /**
   * Reads a device.
   *
   * @throws IllegalArgumentException if the id is not an id of a device
   */
  Either<StoreFailure, Device> read(String id) {
    SqlStateStore store = new SqlStateStore(database, id);
    return store.read().map(loaded -> device(id, store, loaded.state()));
  }

  /**
   * Sends an event for a device.
   *
   * @throws IllegalArgumentException if the id is not an id of a device
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
        .peek(state -> notifier.notifyReaders());
    String outcome = answer.isRight() ? "accepted" : reason(answer.getLeft());
    Counter.builder("kubesolo.fleet.events")
        .description("Events that were sent, with their answers.")
        .tag("event", event.type().wireName())
        .tag("answer", outcome)
        .register(meters)
        .increment();
    return answer.map(state -> device(id, store, state));
  }

  /** Ends the phase of a device if it is overdue, and returns why that was refused, if it was. */
  Option<Rejection> end(String id) {
    return read(id)
        .fold(
            Option::some,
            device -> device
                .overdue()
                .map(late -> send(id, late.event(), Option.some(device.state().revision())))
                .flatMap(answer -> answer.swap().toOption()));
  }

  private Either<StoreFailure, UpdateLifecycle> open(SqlStateStore store) {
    return UpdateLifecycle.open(
        store, settings.withBoot(store::boot).withClock(() -> now(store)), engine);
  }

  private static Instant now(SqlStateStore store) {
    return store.boot().map(boot -> Instant.EPOCH.plus(boot.uptime())).getOrElse(Instant::now);
  }

  private Device device(String id, SqlStateStore store, UpdateState state) {
    List<EventType> permitted = engine.table().permitted(state.phase());
    return new Device(id, state, permitted, settings.deadlines(), store.boot());
  }

  /** Returns the reason of a rejection, as a problem document and the metrics have it. */
  static String reason(Rejection rejection) {
    String name = rejection.getClass().getSimpleName();
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}

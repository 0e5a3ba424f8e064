package io.kubesolo.update.persist;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Writes events, transitions and rejections as JSON objects. */
final class RecordJson {
  private RecordJson() {}

  static void write(JsonGenerator json, UpdateEvent event) throws IOException {
    Values values = event.values();
    json.writeStartObject();
    json.writeStringField("event", event.type().wireName());
    for (EventField field : event.type().fields()) {
      switch (field) {
        case TO_VERSION ->
          json.writeStringField(field.wireName(), values.toVersion().get());
        case RUNNING_VERSION ->
          json.writeStringField(field.wireName(), values.runningVersion().get());
        case ERROR -> json.writeStringField(field.wireName(), values.error().get());
        case FORCE -> json.writeBooleanField(field.wireName(), values.force());
        case RETRY -> json.writeBooleanField(field.wireName(), values.retry());
      }
    }
    json.writeEndObject();
  }

  static void write(JsonGenerator json, Transition transition) throws IOException {
    json.writeStartObject();
    json.writeFieldName("event");
    write(json, transition.event());
    writeState(json, "before", transition.before());
    writeState(json, "after", transition.after());
    json.writeEndObject();
  }

  static void write(JsonGenerator json, Rejection rejection) throws IOException {
    json.writeStartObject();
    if (rejection instanceof IllegalTransition illegal) {
      writeReason(json, "illegal_transition", rejection);
      writeEvent(json, illegal.phase(), illegal.event());
      writeNames(json, "permitted", illegal.permitted(), EventType::wireName);
    } else if (rejection instanceof GuardDenied denied) {
      writeReason(json, "guard_denied", rejection);
      writeEvent(json, denied.phase(), denied.event());
      writeNames(json, "guards", denied.guards(), Guard::ruleName);
      writeNames(json, "permitted", denied.permitted(), EventType::wireName);
    } else if (rejection instanceof Stale stale) {
      writeReason(json, "stale", rejection);
      writeEvent(json, stale.state().phase(), stale.event());
      json.writeNumberField("if_revision", stale.ifRevision());
      writeState(json, "state", stale.state());
    } else if (rejection instanceof Reentrant reentrant) {
      writeReason(json, "reentrant", rejection);
      json.writeFieldName("event");
      write(json, reentrant.event());
    } else if (rejection instanceof Unreadable unreadable) {
      writeReason(json, "unreadable", rejection);
      writePath(json, unreadable.path(), unreadable.problem());
      json.writeBooleanField("repairable", unreadable.repairable());
    } else if (rejection instanceof NotPersisted notPersisted) {
      writeReason(json, "not_persisted", rejection);
      writePath(json, notPersisted.path(), notPersisted.problem());
      json.writeStringField("outcome", notPersisted.outcome().name().toLowerCase(Locale.ROOT));
    } else if (rejection instanceof Busy busy) {
      writeReason(json, "busy", rejection);
      writePath(json, busy.path(), busy.problem());
    } else {
      throw new IllegalArgumentException("unknown rejection: " + rejection);
    }
    json.writeEndObject();
  }

  private static void writeReason(JsonGenerator json, String reason, Rejection rejection)
      throws IOException {
    json.writeStringField("reason", reason);
    json.writeStringField("message", rejection.message());
  }

  private static void writeEvent(JsonGenerator json, Phase phase, UpdateEvent event)
      throws IOException {
    json.writeStringField("phase", phase.wireName());
    json.writeFieldName("event");
    write(json, event);
  }

  private static void writePath(JsonGenerator json, String path, String problem)
      throws IOException {
    json.writeStringField("path", path);
    json.writeStringField("problem", problem);
  }

  private static <T> void writeNames(
      JsonGenerator json, String key, List<T> values, Function<T, String> name) throws IOException {
    json.writeArrayFieldStart(key);
    for (T value : values) {
      json.writeString(name.apply(value));
    }
    json.writeEndArray();
  }

  private static void writeState(JsonGenerator json, String key, UpdateState state)
      throws IOException {
    json.writeObjectFieldStart(key);
    StateJson.writeSharedMembers(json, state);
    json.writeEndObject();
  }
}

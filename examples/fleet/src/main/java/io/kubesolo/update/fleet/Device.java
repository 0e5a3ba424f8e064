package io.kubesolo.update.fleet;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.StateJson;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A device as it was read.
 *
 * @param id the device
 * @param state its state; revision 0 if no event was accepted for it yet
 * @param permitted the events that have an edge in its phase
 * @param limits how long a phase may last
 * @param now the time of the database
 */
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

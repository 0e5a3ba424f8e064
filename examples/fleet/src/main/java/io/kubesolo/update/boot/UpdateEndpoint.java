package io.kubesolo.update.boot;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateJson;
import io.vavr.control.Either;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The endpoint {@code update} of the actuator: the state, and what is permitted in it. */
@Endpoint(id = "update")
final class UpdateEndpoint {
  /** Keeps the digits of a number as they are. */
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .build();

  private final UpdateLifecycle lifecycle;
  private final LifecycleSettings settings;

  UpdateEndpoint(UpdateLifecycle lifecycle, LifecycleSettings settings) {
    this.lifecycle = lifecycle;
    this.settings = settings;
  }

  /** Reads the state again, and describes it. */
  @ReadOperation
  Map<String, Object> update() {
    Either<StoreFailure, UpdateState> read = lifecycle.refresh();
    Map<String, Object> answer = new LinkedHashMap<>();
    if (read.isLeft()) {
      answer.put("problem", read.getLeft().message());
      return answer;
    }
    UpdateState state = read.get();
    answer.put("state", document(state));
    answer.put(
        "permitted",
        lifecycle.table().permitted(state.phase()).stream()
            .map(EventType::wireName)
            .toList());
    Deadlines.age(state, settings.boot().get())
        .forEach(age -> answer.put("age_s", age.toSeconds()));
    settings
        .deadlines()
        .limit(state.phase())
        .forEach(limit -> answer.put("deadline_s", limit.toSeconds()));
    answer.put("overdue", lifecycle.overdue().isDefined());
    answer.put("warnings", lifecycle.warnings());
    return answer;
  }

  private static Map<String, Object> document(UpdateState state) {
    try {
      return JSON.readValue(StateJson.encode(state), new TypeReference<Map<String, Object>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("a state is not JSON", e);
    }
  }
}

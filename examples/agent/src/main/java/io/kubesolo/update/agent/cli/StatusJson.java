package io.kubesolo.update.agent.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.agent.monitor.DeviceJson;
import io.kubesolo.update.agent.monitor.DeviceStatus;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.persist.StateJson;
import io.vavr.control.Option;
import java.io.IOException;

/** A status for a program. */
final class StatusJson {
  private StatusJson() {}

  static String of(StatusView view) {
    return JsonLine.object(json -> write(json, view));
  }

  private static void write(JsonGenerator json, StatusView view) throws IOException {
    StatusSnapshot snapshot = view.snapshot();
    json.writeStringField("state_file", view.file().toString());
    json.writeBooleanField("exists", view.exists());
    for (DeviceStatus device : view.device().status()) {
      DeviceJson.write(json, device);
    }
    if (view.device().waits().isDefined()) {
      DeviceJson.write(json, view.device().waits().get());
    }
    writeText(json, "device_error", view.device().problem());
    json.writeFieldName("state");
    json.writeRawValue(StateJson.brief(view.state()));
    if (snapshot.age().isDefined()) {
      json.writeNumberField("age_s", snapshot.age().get().toSeconds());
    }
    if (snapshot.limit().isDefined()) {
      json.writeNumberField("deadline_s", snapshot.limit().get().toSeconds());
    }
    json.writeBooleanField("overdue", snapshot.overdue().isDefined());
    json.writeNumberField("max_attempts", snapshot.settings().maxAttempts());
    JsonLine.texts(json, "rolled_back_versions", view.state().rolledBackVersions());
    JsonLine.texts(
        json,
        "permitted",
        snapshot.permitted().stream().map(EventType::wireName).toList());
    writeText(json, "to_do", view.toDo());
  }

  private static void writeText(JsonGenerator json, String key, Option<String> text)
      throws IOException {
    if (text.isDefined()) {
      json.writeStringField(key, text.get());
    }
  }
}

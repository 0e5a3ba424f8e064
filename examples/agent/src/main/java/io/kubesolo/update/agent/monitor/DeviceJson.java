package io.kubesolo.update.agent.monitor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.HeldFleetLock;
import io.kubesolo.update.agent.device.Slot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What runs on a device and what it waits for, as members of an object of JSON. */
public final class DeviceJson {
  private DeviceJson() {}

  /** Writes what runs and what boots next. */
  public static void write(JsonGenerator json, DeviceStatus device) throws IOException {
    json.writeObjectFieldStart("device");
    json.writeStringField("running_slot", device.slot().letter());
    writeText(json, "running_version", device.version());
    writeText(json, "next_slot", device.next().map(Slot::letter));
    writeText(json, "next_version", device.nextVersion());
    json.writeBooleanField("next_marked_good", device.isGood());
    if (device.rebootRequired().isPresent()) {
      json.writeBooleanField("reboot_required", device.rebootRequired().get());
    }
    json.writeArrayFieldStart("fleet_locks");
    for (HeldFleetLock held : device.fleetLocks()) {
      json.writeStartObject();
      json.writeStringField("url", held.lock().url().toString());
      json.writeStringField("group", held.lock().group());
      json.writeStringField("id", held.lock().id());
      json.writeStringField("since", held.since().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Writes what an update on the device waits for. */
  public static void write(JsonGenerator json, List<ActivationWait> waits) throws IOException {
    json.writeArrayFieldStart("waits");
    for (ActivationWait wait : waits) {
      json.writeStartObject();
      json.writeStringField("reason", wait.reason().label());
      json.writeStringField("words", wait.words());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeText(JsonGenerator json, String key, Optional<String> text)
      throws IOException {
    if (text.isPresent()) {
      json.writeStringField(key, text.get());
    }
  }
}

package io.kubesolo.update.agent.update;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * All files of a device, as a value, and what they mean; read by other code than the agent's, so
 * that a mistake of the agent is not made twice.
 *
 * @param files content by path within the device directory, locks and temporary files left out
 */
record WalkDisk(Map<String, String> files, StateView state) {
  /** The part of a state that decides what happens next. */
  record StateView(
      Phase phase, String from, String to, long attempts, String givenUp, String bootId) {
    static StateView of(UpdateState state) {
      return new StateView(
          state.phase(),
          state.fromVersion().getOrElse(""),
          state.toVersion().getOrElse(""),
          state.attemptCount(),
          String.join(",", state.rolledBackVersions()),
          state.boot().map(boot -> boot.id()).getOrElse(""));
    }
  }

  /** This disk once the power is off. */
  WalkDisk down() {
    Map<String, String> rest = new TreeMap<>(files);
    rest.remove("running.json");
    return new WalkDisk(rest, state);
  }

  boolean isBooted() {
    return files.containsKey("running.json");
  }

  String runningSlot() {
    return value("running.json", "slot");
  }

  String version(String slot) {
    return value("slots/" + slot + ".json", "version");
  }

  String runningVersion() {
    return version(runningSlot());
  }

  String passiveSlot() {
    return runningSlot().equals("a") ? "b" : "a";
  }

  boolean isSameBoot() {
    return isBooted() && value("running.json", "boot_id").equals(state.bootId());
  }

  boolean isWhole(String slot) {
    String note = files.get("slots/" + slot + ".json");
    String image = files.getOrDefault("slots/" + slot + ".img", "");
    if (note == null) {
      return false;
    }
    String content = image.substring(0, Integer.parseInt(value(note, "size")));
    Sha256 sha256 = new Sha256();
    sha256.update(ByteBuffer.wrap(content.getBytes(ISO_8859_1)));
    return sha256.digits().equals(value(note, "sha256"))
        && content.equals(value(note, "version") + "_");
  }

  String env(String key) {
    String block = files.getOrDefault("grubenv", "");
    int at = block.indexOf("\n" + key + "=") + key.length() + 2;
    return block.substring(at, block.indexOf('\n', at));
  }

  /** The slot that runs after as many boots as it takes, by a model of the boot loader's script. */
  String slotThatBoots() {
    String slot = env("active_slot");
    int counter = Integer.parseInt(env("boot_counter"));
    boolean good = env("boot_success").equals("1");
    for (int boots = 0; boots < 100; boots++) {
      if (!good && counter == 0) {
        slot = slot.equals("a") ? "b" : "a";
        counter = 3;
      } else if (!good) {
        counter--;
      }
      good = false;
      if (isWhole(slot)) {
        return slot;
      }
    }
    return "none";
  }

  /** Two disks with the same key have the same future. */
  String key() {
    Map<String, String> parts = new TreeMap<>(files);
    parts.remove("state.json");
    parts.remove("running.json");
    parts.remove("device.json");
    parts.remove("update.pub");
    parts.put("grubenv", env("active_slot") + env("boot_counter") + env("boot_success"));
    return (isBooted() ? runningSlot() : "down") + parts
        + state.phase() + "|" + state.from() + "|" + state.to() + "|" + state.attempts() + "|"
        + state.givenUp() + "|" + isSameBoot();
  }

  private String value(String path, String key) {
    String json = path.endsWith(".json") ? files.getOrDefault(path, "") : path;
    int at = json.indexOf("\"" + key + "\":");
    if (at < 0) {
      return "";
    }
    int start = at + key.length() + 3;
    int end = start;
    while (json.charAt(end) != ',' && json.charAt(end) != '}') {
      end++;
    }
    return json.substring(start, end).replace("\"", "");
  }
}

package io.kubesolo.update.agent.update;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All files of a device, as a value, and what they mean; read by other code than the agent's, so
 * that a mistake of the agent is not made twice.
 *
 * @param files content by path within the device directory, locks and temporary files left out
 */
record WalkDisk(Map<String, String> files, StateView state) {
  /** The part of a state that decides what happens next. */
  record StateView(
      boolean valid,
      Phase phase,
      String from,
      String to,
      long attempts,
      List<String> givenUp,
      String bootId,
      long revision,
      boolean checkFailed,
      Set<String> fellBack) {
    /** What a state file that cannot be read says. */
    static final StateView INVALID =
        new StateView(false, Phase.IDLE, "", "", 0, List.of(), "", 0, false, Set.of());

    static StateView of(UpdateState state) {
      return new StateView(
          true,
          state.phase(),
          state.fromVersion().getOrElse(""),
          state.toVersion().getOrElse(""),
          state.attemptCount(),
          state.rolledBackVersions(),
          state.boot().map(boot -> boot.id()).getOrElse(""),
          state.revision(),
          !state.history().isEmpty() && isOf(last(state), "fail", "checking"),
          state.history().stream()
              .filter(entry -> isOf(entry, "rollback", "success"))
              .map(entry -> entry.toVersion().getOrElse(""))
              .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static HistoryEntry last(UpdateState state) {
      return state.history().get(state.history().size() - 1);
    }

    private static boolean isOf(HistoryEntry entry, String event, String from) {
      return entry.event().equals(event) && entry.from().equals(from);
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

  /** Returns whether the active slot is marked good. */
  boolean isGood() {
    return env("boot_success").equals("1");
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

  /** Returns whether the device did not boot since the last event or since the switch that it called for. */
  boolean isSameBoot() {
    boolean noted = value("switched.json", "revision").equals(Long.toString(state.revision()));
    String last = noted ? value("switched.json", "boot_id") : state.bootId();
    return isBooted() && value("running.json", "boot_id").equals(last);
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
    int line = block.indexOf("\n" + key + "=");
    int at = line + key.length() + 2;
    return line < 0 ? "" : block.substring(at, block.indexOf('\n', at));
  }

  /** Returns whether the boot loader cannot read its environment. */
  boolean isEnvDamaged() {
    return env("active_slot").isEmpty();
  }

  /** Returns whether the content of a slot was damaged by no command. */
  boolean isRotten(String slot) {
    return files.getOrDefault("slots/" + slot + ".img", "").startsWith(DeviceWalk.DAMAGE);
  }

  /** The slot that runs after as many boots as it takes, by a model of the boot loader's script. */
  String slotThatBoots() {
    if (isEnvDamaged()) {
      return isWhole("a") ? "a" : isWhole("b") ? "b" : "none";
    }
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

  /** Returns whether a slot was found not to be healthy, or did not come up, or was given up. */
  boolean isSpent(String slot) {
    return value("slots/" + slot + ".json", "check").equals("failed")
        || env("update_target").equals(version(slot))
        || state.givenUp().contains(version(slot));
  }

  /** Returns whether the boot loader may start a version next. */
  boolean boots(String version) {
    return isEnvDamaged() || version(env("active_slot")).equals(version);
  }

  /**
   * Two disks with the same key have the same future: what is left out decides nothing, and slots
   * differ by what they are, not by their letter.
   */
  String key() {
    String first = isBooted() ? runningSlot() : isEnvDamaged() ? "a" : env("active_slot");
    String second = first.equals("a") ? "b" : "a";
    StringBuilder key = new StringBuilder(isBooted() ? "booted " : "down ");
    key.append(slotKey(first)).append(' ').append(slotKey(second));
    key.append(isEnvDamaged() ? first : env("active_slot").equals(first) ? " first" : " second");
    key.append(env("boot_counter")).append(env("boot_success")).append(env("update_target"));
    key.append(downloadKey());
    return key.append('|').append(stateKey()).toString();
  }

  /** A slot without a note is not whole, whatever it holds. */
  private String slotKey(String slot) {
    String note = "slots/" + slot + ".json";
    return files.containsKey(note) ? version(slot) + wholeKey(slot) + value(note, "check") : "-";
  }

  private String wholeKey(String slot) {
    return isWhole(slot) ? " " : isRotten(slot) ? " rotten " : " damaged ";
  }

  /** The events that made the present state and may not have been answered, in this boot. */
  private String markKey() {
    String mark = files.getOrDefault("state.json.outcome", "");
    boolean current = isBooted() && mark.contains(" " + value("running.json", "boot_id") + "\n");
    return mark.lines()
        .filter(line -> current && line.startsWith(state.revision() + " "))
        .map(line -> line.substring(line.indexOf(' ')))
        .collect(Collectors.joining());
  }

  /** What was downloaded is looked at in two phases; in any other one, the next command removes it. */
  private String downloadKey() {
    if (state.phase() != Phase.DOWNLOADING && state.phase() != Phase.FAILED) {
      return "";
    }
    StringBuilder key = new StringBuilder();
    for (String version : DeviceWalk.VERSIONS) {
      String image = version + "_";
      String part = files.getOrDefault("download/" + DeviceWalk.sha256(version) + ".part", "");
      if (part.equals(image)) {
        key.append(' ').append(image).append("complete");
      } else if (!part.isEmpty()) {
        key.append(' ').append(image).append(image.startsWith(part) ? "begun" : "damaged");
      }
    }
    return key.toString();
  }

  private String stateKey() {
    boolean bootCounts = switch (state.phase()) {
      case DOWNLOADING, ACTIVATED, VERIFYING, SUCCESS -> true;
      case IDLE, CHECKING, STAGED, ROLLED_BACK, FAILED -> false;
    };
    return state.valid() + "|" + state.phase() + "|" + state.to() + "|"
        + Math.min(state.attempts(), DeviceWalk.MAX_ATTEMPTS)
        + "|" + new TreeSet<>(state.givenUp()) + "|" + (bootCounts && isSameBoot()) + "|"
        + state.checkFailed() + "|" + state.fellBack() + "|" + markKey();
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

package io.kubesolo.update.fsm;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The seed's code, whatever its comments say: its Transition, RecordError, SetFromVersion, Save and
 * Load, over one file that all of its processes share.
 */
final class SeedModel {
  private static final Set<String> PHASES = Set.of(
      "idle",
      "checking",
      "downloading",
      "staged",
      "activated",
      "verifying",
      "success",
      "rolled_back",
      "failed");

  /** The file, with the state that was saved last. */
  static final class Disk {
    SeedModel saved = new SeedModel();
  }

  String phase = "idle";
  String fromVersion = "";
  String toVersion = "";
  String lastError = "";
  Instant startedAt = Instant.parse("0001-01-01T00:00:00Z");
  int attemptCount;

  static SeedModel load(Disk disk) {
    SeedModel copy = new SeedModel();
    copy.become(disk.saved);
    return copy;
  }

  /**
   * Reads JSON like Go's json.Unmarshal: keys in any case, the last of several wins, a missing one
   * is empty.
   */
  static SeedModel load(List<Map.Entry<String, String>> json) {
    SeedModel state = new SeedModel();
    state.phase = "";
    for (Map.Entry<String, String> member : json) {
      if (member.getKey().equalsIgnoreCase("phase")) {
        state.phase = member.getValue();
      } else if (member.getKey().equalsIgnoreCase("to_version")) {
        state.toVersion = member.getValue();
      }
    }
    return state;
  }

  /** Replaces the file without looking at it. */
  void save(Disk disk) {
    if (!PHASES.contains(phase)) {
      throw new IllegalArgumentException("invalid phase \"" + phase + '"');
    }
    disk.saved = new SeedModel();
    disk.saved.become(this);
  }

  void transition(Instant now, String next, String target, String error) {
    if (!target.isEmpty() && !target.equals(toVersion)) {
      toVersion = target;
      attemptCount = 0;
    }
    if (phase.equals("idle") && !next.equals("idle")) {
      startedAt = now;
      attemptCount++;
    }
    phase = next;
    boolean gone = next.equals("failed") || next.equals("rolled_back");
    if (gone && !error.isEmpty()) {
      lastError = error;
    }
    if (next.equals("success") || next.equals("idle")) {
      lastError = "";
    }
  }

  void recordError(Instant now, String error) {
    transition(now, "failed", "", error);
  }

  void setFromVersion(String version) {
    fromVersion = fromVersion.isEmpty() ? version : fromVersion;
  }

  private void become(SeedModel other) {
    phase = other.phase;
    fromVersion = other.fromVersion;
    toVersion = other.toVersion;
    lastError = other.lastError;
    startedAt = other.startedAt;
    attemptCount = other.attemptCount;
  }
}

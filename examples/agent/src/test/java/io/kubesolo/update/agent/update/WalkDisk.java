package io.kubesolo.update.agent.update;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.testkit.MemoryFiles.Content;
import io.kubesolo.update.agent.testkit.StoredFiles;
import io.kubesolo.update.core.Phase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a device, written from a state and read into one. The code is not the agent's, so
 * that a mistake of the agent is not made twice.
 */
final class WalkDisk {
  private static final String DAMAGE = "!!!!";

  static final String RUNNING = "running.json";
  static final String STATE = "state.json";
  static final String MARK = "state.json.outcome";
  static final String GRUBENV = "grubenv";
  static final String DOWNLOAD = "download/";
  private static final String SWITCHED = "switched.json";
  private static final String LOCK_NOTE = "fleet-lock.json";
  private static final String LOCK_BOOT = "fleet-lock-boot.json";
  private static final String THIS_BOOT = "boot-1";
  private static final String EARLIER_BOOT = "boot-0";
  private static final String SIGNATURE = "# GRUB Environment Block\n";
  private static final int BLOCK = 1024;

  /** A block whose first half, with the keys, is overwritten. A new block has all its keys in that half. */
  private static final String DAMAGED_BLOCK = "!".repeat(BLOCK / 2) + "#".repeat(BLOCK / 2);

  private static final String TIME = "1970-01-01T00:00:00Z";

  /** An entry of the history; what follows the target is an error text. */
  private static final Pattern ENTRY = Pattern.compile(
      "\"event\": \"(\\w+)\", \"from\": \"(\\w+)\", \"to\": \"\\w+\"(?:, \"to_version\": \"(v\\d)\")?");

  private static final List<String> SHA256 = sha256();

  /** The files that a state is read from; the names of all other files begin differently. */
  static final List<String> FILES = files();

  private static final Map<String, Integer> INDEX =
      IntStream.range(0, FILES.size()).boxed().collect(Collectors.toMap(FILES::get, i -> i));

  private static final int RUNNING_AT = index(RUNNING);
  private static final int STATE_AT = index(STATE);
  private static final int MARK_AT = index(MARK);
  private static final int GRUBENV_AT = index(GRUBENV);
  private static final int SWITCHED_AT = index(SWITCHED);
  private static final int LOCK_NOTE_AT = index(LOCK_NOTE);
  private static final int LOCK_BOOT_AT = index(LOCK_BOOT);
  private static final int SLOTS_AT = index("slots/a.img");

  private static List<String> sha256() {
    List<String> digits = new ArrayList<>();
    digits.add("");
    for (int version = 1; version <= WalkState.VERSIONS; version++) {
      String name = "v" + version;
      digits.add(DeviceFactory.content(name, WalkServer.image(name)).sha256());
    }
    return List.copyOf(digits);
  }

  private static List<String> files() {
    List<String> files = new ArrayList<>(List.of(
        RUNNING,
        STATE,
        MARK,
        GRUBENV,
        SWITCHED,
        LOCK_NOTE,
        LOCK_BOOT,
        "slots/a.img",
        "slots/a.json",
        "slots/b.img",
        "slots/b.json"));
    return List.copyOf(files);
  }

  /** Returns the place of a file in {@link #FILES}, -1 if it is none of them. */
  static int index(String name) {
    return INDEX.getOrDefault(name, -1);
  }

  private final StoredFiles files;
  private final String dir;
  private final Set<String> kept;
  private final @Nullable Content[] now = new @Nullable Content[FILES.size()];

  /**
   * The contents written under each name; equal contents have different meanings under different
   * names.
   */
  private final Map<String, Map<String, Content>> made = new HashMap<>();

  /**
   * Uses a directory.
   *
   * @param kept the names of the files that no state says anything of
   */
  WalkDisk(StoredFiles files, String dir, Set<String> kept) {
    this.files = files;
    this.dir = dir;
    this.kept = kept.stream().map(name -> dir + "/" + name).collect(Collectors.toSet());
  }

  @Nullable
  Content content(String name) {
    return files.content(dir + "/" + name);
  }

  /** Notes that a file may hold something else, or be there no more. */
  void changed(String name) {
    int index = index(name);
    if (index >= 0) {
      now[index] = content(name);
    }
  }

  void put(String name, String text) {
    Content content = made.computeIfAbsent(name, any -> new HashMap<>())
        .computeIfAbsent(text, any -> new Content(text.getBytes(ISO_8859_1)));
    files.put(dir + "/" + name, content);
    changed(name);
  }

  /** Overwrites a file with something else. */
  void damage(String name) {
    put(name, name.equals(GRUBENV) ? DAMAGED_BLOCK : DAMAGE);
  }

  /** Boots the running slot again. */
  void bootAgain() {
    put(
        RUNNING,
        "{\"slot\":\"%s\",\"boot_id\":\"%s\",\"host_uptime_ms\":0}"
            .formatted(runningSlot(), UUID.randomUUID()));
  }

  /** Makes the files of a state. */
  void write(WalkState state) {
    files.removeFilesExcept(kept);
    Arrays.fill(now, null);
    String first = state.firstIsB() ? "b" : "a";
    String second = state.firstIsB() ? "a" : "b";
    writeSlot(first, state.first());
    writeSlot(second, state.second());
    put(
        GRUBENV,
        state.envDamaged() ? DAMAGED_BLOCK : block(state, state.secondActive() ? second : first));
    if (state.booted()) {
      put(
          RUNNING,
          "{\"slot\":\"%s\",\"boot_id\":\"%s\",\"host_uptime_ms\":0}".formatted(first, THIS_BOOT));
    }
    put(STATE, state.valid() ? json(state) : DAMAGE);
    if (state.unsettled()) {
      put(MARK, "update-state outcome mark 1\nunsettled\n0 " + THIS_BOOT + "\nend\n");
    }
    if ((state.lock() & WalkState.Lock.NOTED) != 0) {
      put(LOCK_NOTE, "{}");
    }
    if ((state.lock() & WalkState.Lock.GIVEN_BACK) != 0) {
      put(LOCK_BOOT, "{\"boot_id\":\"" + THIS_BOOT + "\"}");
    }
  }

  private void writeSlot(String letter, WalkState.Slot slot) {
    String version = "v" + slot.version();
    put("slots/" + letter + ".img", slot.whole() ? version + "_\0" : DAMAGE);
    if (slot.version() != 0) {
      String sha256 = SHA256.get(slot.version());
      String check =
          slot.failed() ? ",\"check\":\"failed\",\"check_sha256\":\"%s\"".formatted(sha256) : "";
      put(
          "slots/" + letter + ".json",
          "{\"version\":\"%s\",\"size\":3,\"sha256\":\"%s\"%s}".formatted(version, sha256, check));
    }
  }

  private static String block(WalkState state, String active) {
    String text = SIGNATURE + "active_slot=" + active + "\nboot_counter=" + state.counter()
        + "\nboot_success=" + (state.good() ? 1 : 0) + "\n"
        + (state.wanted() == 0 ? "" : "update_target=v" + state.wanted() + "\n");
    return text + "#".repeat(BLOCK - text.length());
  }

  private static String json(WalkState state) {
    boolean bootCounts = state.phase() == Phase.DOWNLOADING || state.phase() == Phase.ACTIVATED;
    String boot = bootCounts && !state.detail() ? EARLIER_BOOT : THIS_BOOT;
    String entry =
        "{\"at\": \"" + TIME + "\", \"event\": \"%s\", \"from\": \"%s\", \"to\": \"%s\"%s}";
    String error = ", \"error\": \"e\"";
    String target = ", \"to_version\": \"v" + state.to() + "\"";
    String history = switch (state.phase()) {
      case FAILED ->
        entry.formatted("fail", state.detail() ? "checking" : "downloading", "failed", error);
      case SUCCESS ->
        state.detail() ? entry.formatted("rollback", "success", "rolled_back", target + error) : "";
      default -> "";
    };
    boolean hasError = state.phase() == Phase.FAILED || state.phase() == Phase.ROLLED_BACK;
    StringBuilder json = new StringBuilder("{\n  \"phase\": \"").append(state.phase());
    json.append("\",\n");
    json.append(state.to() == 0 ? "" : "  \"to_version\": \"v" + state.to() + "\",\n");
    json.append("  \"started_at\": \"" + TIME + "\",\n  \"updated_at\": \"" + TIME + "\",\n");
    json.append(hasError ? "  \"last_error\": \"e\",\n" : "");
    json.append("  \"attempt_count\": ").append(state.attempts()).append(",\n  \"revision\": 7,\n");
    json.append("  \"boot\": {\"id\": \"").append(boot).append("\", \"uptime_s\": 0}");
    if (state.givenUp() != 0) {
      List<String> versions = new ArrayList<>();
      for (int version = 1; version <= WalkState.VERSIONS; version++) {
        if (state.isGivenUp(version)) {
          versions.add("\"v" + version + "\"");
        }
      }
      json.append(",\n  \"rolled_back_versions\": [")
          .append(String.join(", ", versions))
          .append("]");
    }
    json.append(history.isEmpty() ? "" : ",\n  \"history\": [\n    " + history + "\n  ]");
    return json.append("\n}\n").toString();
  }

  /** Adds a download that is complete. */
  void putDownload(String version) {
    put(DOWNLOAD + SHA256.get(version(version)) + ".part", version + "_");
  }

  /** Returns the letter of the slot that runs, empty if none does. */
  String runningSlot() {
    return json(now[RUNNING_AT]).getOrDefault("slot", "");
  }

  /** Reads the state of the files as they are. */
  WalkState read() {
    return read(now, true);
  }

  /** Reads the state of the files as they are, with the power off. */
  WalkState readDown() {
    return read(now, false);
  }

  /** Reads the state of some files, in the order of {@link #FILES}, with the power off. */
  static WalkState readDown(@Nullable Content[] files) {
    return read(files, false);
  }

  private static WalkState read(@Nullable Content[] files, boolean powered) {
    Map<String, String> boot = powered ? json(files[RUNNING_AT]) : Map.of();
    Env env = meaning(files[GRUBENV_AT], Env::of, Env.DAMAGED);
    String running = boot.getOrDefault("slot", "");
    boolean booted = !running.isEmpty();
    String first = booted ? running : env.active().isEmpty() ? "a" : env.active();
    String second = first.equals("a") ? "b" : "a";
    Progress progress = meaning(files[STATE_AT], Progress::of, Progress.FRESH);
    String bootId = boot.getOrDefault("boot_id", "");
    boolean damaged = env.active().isEmpty();
    return new WalkState(
        booted,
        slot(files, first),
        slot(files, second),
        booted && damaged && first.equals("b"),
        damaged,
        !damaged && env.active().equals(second),
        env.counter(),
        env.good(),
        env.wanted(),
        booted && isUnsettled(files[MARK_AT], bootId),
        progress.valid(),
        progress.phase(),
        progress.target(),
        progress.attempts(),
        progress.givenUp(),
        progress.detail(booted, bootId, json(files[SWITCHED_AT])),
        false,
        (files[LOCK_NOTE_AT] == null ? 0 : WalkState.Lock.NOTED)
            | (booted && json(files[LOCK_BOOT_AT]).getOrDefault("boot_id", "").equals(bootId)
                ? WalkState.Lock.GIVEN_BACK
                : 0));
  }

  private static <T> T meaning(@Nullable Content content, Function<String, T> function, T absent) {
    return content == null
        ? absent
        : content.meaning(bytes -> function.apply(new String(bytes, ISO_8859_1)));
  }

  private static WalkState.Slot slot(@Nullable Content[] files, String letter) {
    int image = SLOTS_AT + (letter.equals("a") ? 0 : 2);
    Map<String, String> note = json(files[image + 1]);
    int version = version(note.getOrDefault("version", ""));
    if (version == 0) {
      return WalkState.Slot.EMPTY;
    }
    String content = meaning(files[image], text -> text, "");
    String sha256 = note.getOrDefault("sha256", "");
    boolean whole = content.startsWith("v" + version + "_")
        && sha256.equals(SHA256.get(version))
        && note.getOrDefault("size", "").equals("3");
    boolean failed = note.getOrDefault("check", "").equals("failed")
        && note.getOrDefault("check_sha256", "").equals(sha256);
    return new WalkState.Slot(version, whole, failed);
  }

  /** Returns whether a mark says, in this boot, that the state file may not be durable. */
  private static boolean isUnsettled(@Nullable Content mark, String bootId) {
    if (mark == null) {
      return false;
    }
    List<String> lines = meaning(mark, text -> text.lines().toList(), List.<String>of());
    boolean whole = lines.size() > 3 && lines.get(lines.size() - 1).equals("end");
    return !whole || (!lines.get(1).equals("settled") && lines.get(2).endsWith(" " + bootId));
  }

  private static int version(String name) {
    return DeviceWalk.VERSIONS.indexOf(name) + 1;
  }

  /** Returns the members of a flat JSON object. */
  private static Map<String, String> json(@Nullable Content content) {
    return meaning(content, WalkDisk::members, Map.of());
  }

  private static Map<String, String> members(String json) {
    Map<String, String> members = new TreeMap<>();
    if (json.strip().startsWith("{") && json.strip().endsWith("}")) {
      for (String member :
          json.replace("{", "").replace("}", "").replace("\"", "").split(",", -1)) {
        int colon = member.indexOf(':');
        if (colon > 0) {
          members.put(
              member.substring(0, colon).strip(), member.substring(colon + 1).strip());
        }
      }
    }
    return members;
  }

  /** The variables that the boot loader reads. */
  private record Env(String active, int counter, boolean good, int wanted) {
    static final Env DAMAGED = new Env("", 0, false, 0);

    static Env of(String block) {
      Map<String, String> values = block
          .lines()
          .filter(
              line -> block.startsWith(SIGNATURE) && line.contains("=") && !line.startsWith("#"))
          .collect(Collectors.toMap(
              line -> line.substring(0, line.indexOf('=')),
              line -> line.substring(line.indexOf('=') + 1)));
      String active = values.getOrDefault("active_slot", "");
      return (active.equals("a") || active.equals("b")) && block.length() == BLOCK
          ? new Env(
              active,
              Integer.parseInt(Objects.requireNonNull(values.get("boot_counter"))),
              "1".equals(values.get("boot_success")),
              version(values.getOrDefault("update_target", "")))
          : DAMAGED;
    }
  }

  /** The content of a state file. */
  private record Progress(
      boolean valid,
      Phase phase,
      int to,
      int attempts,
      int givenUp,
      String bootId,
      String revision,
      boolean checkFailed,
      int fellBack) {
    static final Progress FRESH = new Progress(true, Phase.IDLE, 0, 0, 0, "", "0", false, 0);
    static final Progress INVALID = new Progress(false, Phase.IDLE, 0, 0, 0, "", "0", false, 0);

    static Progress of(String json) {
      if (!json.startsWith("{\n") || !json.endsWith("\n}\n")) {
        return INVALID;
      }
      int fellBack = 0;
      boolean checkFailed = false;
      Matcher entry = ENTRY.matcher(json);
      while (entry.find()) {
        String event = entry.group(1);
        String from = entry.group(2);
        checkFailed = event.equals("fail") && from.equals("checking");
        String target = entry.group(3);
        if (event.equals("rollback") && from.equals("success") && target != null) {
          fellBack |= WalkState.bit(version(target));
        }
      }
      int list = json.indexOf("\"rolled_back_versions\"");
      String versions = list < 0 ? "" : json.substring(list, json.indexOf(']', list));
      int givenUp = 0;
      for (int version = 1; version <= WalkState.VERSIONS; version++) {
        givenUp |= versions.contains("\"v" + version + "\"") ? WalkState.bit(version) : 0;
      }
      int boot = json.indexOf("\"boot\"");
      return new Progress(
          true,
          Phase.valueOf(value(json, "phase", 0).toUpperCase(Locale.ROOT)),
          version(topLevel(json, "to_version")),
          Math.min(DeviceWalk.MAX_ATTEMPTS, Integer.parseInt(value(json, "attempt_count", 0))),
          givenUp,
          boot < 0 ? "" : value(json, "id", boot),
          value(json, "revision", 0),
          checkFailed,
          fellBack);
    }

    private static String topLevel(String json, String key) {
      int at = json.indexOf("\n  \"" + key + "\":");
      return at < 0 ? "" : value(json, key, at);
    }

    private static String value(String json, String key, int from) {
      int start = json.indexOf("\"" + key + "\":", from) + key.length() + 3;
      int end = start;
      while (",}\n".indexOf(json.charAt(end)) < 0) {
        end++;
      }
      return json.substring(start, end).replace("\"", "").strip();
    }

    int target() {
      boolean onlyCounts = phase == Phase.IDLE || phase == Phase.CHECKING || phase == Phase.FAILED;
      return onlyCounts && attempts == 0 ? 0 : to;
    }

    boolean detail(boolean booted, String present, Map<String, String> switched) {
      boolean late = switched.getOrDefault("revision", "").equals(revision)
          && switched.getOrDefault("event_boot_id", "").equals(bootId);
      String last = late ? switched.getOrDefault("boot_id", "") : bootId;
      return switch (phase) {
        case DOWNLOADING, ACTIVATED -> booted && last.equals(present);
        case FAILED -> checkFailed;
        case SUCCESS -> (fellBack & WalkState.bit(to)) != 0;
        default -> false;
      };
    }
  }
}

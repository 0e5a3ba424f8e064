package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of a device: its {@code device.json}. Relative paths are relative to the
 * device directory. A value that is {@code null} is absent. One that is wrong is a warning, and an
 * error only where it is used; only a wrong place of the boot environment or of a slot is an error
 * of every command.
 *
 * <p>Immutable.
 *
 * @param server the address of the directory that holds the manifest; it ends with a slash
 * @param fetchTimeout how long the server may send nothing
 * @param caFile certificates in PEM format that are trusted for the server, instead of those of the
 *     Java runtime
 * @param authorizationFile the file whose content is sent as the Authorization header
 * @param health the health check
 * @param boot the boot loader, the slots and how the device is rebooted
 * @param repairsInvalidState whether an invalid state file is repaired; if not, the work stops
 * @param activation when an unattended device may activate an update and reboot into it
 * @param problems what is wrong with the configuration, a line each
 */
public record DeviceConfig(
    Setting<URI> server,
    Duration fetchTimeout,
    Setting<Optional<Path>> caFile,
    Setting<Optional<Path>> authorizationFile,
    Health health,
    Boot boot,
    boolean repairsInvalidState,
    ActivationPolicy activation,
    List<String> problems) {
  /** The name of the file in a device directory. */
  static final String FILE = "device.json";

  private static final Set<String> KEYS = Set.of(
      "server",
      "health_check",
      "health_timeout_s",
      "health_tries",
      "health_interval_s",
      "fetch_timeout_s",
      "boot_tries",
      "grubenv",
      "slots",
      "reboot",
      "on_invalid_state",
      "ca_file",
      "authorization_file",
      "activation");
  private static final Set<String> SLOT_KEYS = Set.of("a", "b");
  private static final Set<String> ACTIVATION_KEYS = Set.of("windows", "hold_file", "fleet_lock");
  private static final Set<String> FLEET_LOCK_KEYS = Set.of("url", "group", "id");
  private static final String NOT_A_PATH = "is not a path in the encoding of the locale";
  private static final String NOT_ACTIVATED = "no update is activated";
  private static final long DAY_S = 24 * 60 * 60;
  private static final int MAX_PORT = 65_535;

  /**
   * The health check.
   *
   * @param command the command that checks whether the running slot is healthy, and its arguments
   * @param timeout how long one try may take
   * @param tries how many tries have to fail
   * @param interval the pause between two tries
   */
  public record Health(
      Setting<List<String>> command, Duration timeout, int tries, Duration interval) {
    /** Returns how long the check may take: all tries and the pauses between them. */
    public Duration limit() {
      return timeout.multipliedBy(tries).plus(interval.multipliedBy(tries - 1L));
    }
  }

  /**
   * The boot loader, the slots and how the device is rebooted.
   *
   * @param tries the boots of a slot that is not marked good
   * @param grubenv the file that holds GRUB's environment block
   * @param slots what each slot is stored on: a path, or {@code PARTLABEL=} and a partition's name
   * @param reboot the command that reboots the device, and its arguments; empty if there is none
   */
  public record Boot(
      int tries, Path grubenv, Map<Slot, String> slots, Setting<List<String>> reboot) {
    /** Copies the map. */
    public Boot {
      slots = Map.copyOf(slots);
    }
  }

  /** Copies the list. */
  public DeviceConfig {
    problems = List.copyOf(problems);
  }

  static DeviceConfig of(Path dir, JsonObject json) throws Failure {
    Path file = dir.resolve(FILE);
    SettingReader reader = new SettingReader(file);
    SettingReader policy = new SettingReader(file);
    return new DeviceConfig(
        reader.read(() -> address("server", json.text("server"))),
        seconds(reader, json, "fetch_timeout_s", 1, 30),
        reader.read(() -> optionalPath(dir, json, "ca_file")),
        reader.read(() -> optionalPath(dir, json, "authorization_file")),
        health(reader, json),
        boot(reader, dir, json),
        repairsInvalidState(reader, json),
        activation(policy, dir, json),
        problems(reader, policy, json));
  }

  private static Health health(SettingReader reader, JsonObject json) {
    return new Health(
        reader.read(() -> command(json, "health_check")),
        seconds(reader, json, "health_timeout_s", 1, 60),
        (int) number(reader, json, "health_tries", 1, 100, 3),
        seconds(reader, json, "health_interval_s", 0, 10));
  }

  private static Boot boot(SettingReader reader, Path dir, JsonObject json) throws Failure {
    JsonObject slots = json.object("slots");
    return new Boot(
        (int) number(reader, json, "boot_tries", 1, 9, 3),
        path(dir, "grubenv", json.text("grubenv", "grubenv")),
        Map.of(Slot.A, slot(dir, slots, "a"), Slot.B, slot(dir, slots, "b")),
        reader.read(() -> json.has("reboot") ? command(json, "reboot") : List.of()));
  }

  private static String slot(Path dir, JsonObject slots, String letter) throws Failure {
    String slot = slots.text(letter, "slots/" + letter + ".img");
    String label = slot.startsWith(SlotStorage.PARTITION_LABEL)
        ? slot.substring(SlotStorage.PARTITION_LABEL.length())
        : slot;
    if (label.isBlank() || label.indexOf('\0') >= 0) {
      throw Failure.of("\"slots\": \"%s\" names neither a path nor a partition".formatted(letter));
    }
    try {
      SlotStorage.locate(slot, dir, SystemFiles.HOST);
      return slot;
    } catch (InvalidPathException e) {
      throw Failure.of("\"slots\": \"%s\" %s".formatted(letter, NOT_A_PATH));
    }
  }

  private static boolean repairsInvalidState(SettingReader reader, JsonObject json) {
    return reader.read(
        true, "\"repair\" is used", () -> switch (json.text("on_invalid_state", "repair")) {
          case "repair" -> true;
          case "stop" -> false;
          default -> throw Failure.of("\"on_invalid_state\" is neither \"repair\" nor \"stop\"");
        });
  }

  private static ActivationPolicy activation(SettingReader reader, Path dir, JsonObject json) {
    JsonObject activation =
        reader.read(JsonObject.EMPTY, NOT_ACTIVATED, () -> json.object("activation"));
    Optional<List<MaintenanceWindow>> windows =
        reader.read(Optional.empty(), NOT_ACTIVATED, () -> windows(activation));
    Optional<Path> holdFile = reader.read(
        Optional.empty(), NOT_ACTIVATED, () -> optionalPath(dir, activation, "hold_file"));
    Optional<FleetLock> fleetLock =
        reader.read(Optional.empty(), NOT_ACTIVATED, () -> fleetLock(activation));
    return new ActivationPolicy(windows, holdFile, fleetLock, reader.locatedProblems());
  }

  private static Optional<List<MaintenanceWindow>> windows(JsonObject activation) throws Failure {
    if (!activation.has("windows")) {
      return Optional.empty();
    }
    List<MaintenanceWindow> windows = new ArrayList<>();
    for (String window : activation.list("windows")) {
      try {
        windows.add(MaintenanceWindow.parse(window));
      } catch (Failure e) {
        throw e.at("\"windows\"");
      }
    }
    return Optional.of(windows);
  }

  private static Optional<FleetLock> fleetLock(JsonObject activation) throws Failure {
    if (!activation.has("fleet_lock")) {
      return Optional.empty();
    }
    try {
      return Optional.of(lock(activation.object("fleet_lock")));
    } catch (Failure e) {
      throw e.at("\"fleet_lock\"");
    }
  }

  /** Reads a fleet lock. The failure does not name the file. */
  static FleetLock lock(JsonObject json) throws Failure {
    return new FleetLock(address("url", json.text("url")), group(json), id(json));
  }

  private static String group(JsonObject json) throws Failure {
    String group = json.text("group", "default");
    if (!group.matches("[a-zA-Z0-9.-]+")) {
      throw Failure.of("\"group\" is not one or more of a-z, A-Z, 0-9, \".\" and \"-\"");
    }
    return group;
  }

  private static String id(JsonObject json) throws Failure {
    String id = json.text("id");
    if (id.isBlank()) {
      throw Failure.of("\"id\" is blank");
    }
    return id;
  }

  /** Returns an address of a directory. One with a user or a password is rejected and not shown. */
  private static URI address(String key, String text) throws Failure {
    URI uri;
    try {
      uri = new URI(text.endsWith("/") ? text : text + "/");
    } catch (URISyntaxException e) {
      throw Failure.of("\"%s\" is not an address%s".formatted(key, shown(text)));
    }
    String authority = uri.getRawAuthority();
    if (authority != null && authority.contains("@")) {
      String remedy = key.equals("server") ? "; put it into the \"authorization_file\"" : "";
      throw Failure.of("\"%s\" contains a user or a password, which other users could read%s"
          .formatted(key, remedy));
    }
    boolean web =
        "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    boolean plain =
        uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null;
    if (!web || !plain || uri.getPort() > MAX_PORT) {
      throw Failure.of(
          "\"%s\" is not an http or https address of a directory%s".formatted(key, shown(text)));
    }
    return uri;
  }

  /** Returns the text of an address without what may be secret: a password, a query. */
  private static String shown(String text) {
    return text.contains("@") ? "" : ": " + text.replaceFirst("(?s)([?#]).*", "$1...");
  }

  private static List<String> command(JsonObject json, String key) throws Failure {
    List<String> words = json.list(key);
    if (words.isEmpty() || words.get(0).isBlank()) {
      throw Failure.of("\"" + key + "\" names no command");
    }
    return words;
  }

  private static Duration seconds(
      SettingReader reader, JsonObject json, String key, long min, long defaultValue) {
    return Duration.ofSeconds(number(reader, json, key, min, DAY_S, defaultValue));
  }

  private static long number(
      SettingReader reader, JsonObject json, String key, long min, long max, long defaultValue) {
    return reader.read(
        defaultValue, defaultValue + " is used", () -> json.number(key, min, max, defaultValue));
  }

  private static Optional<Path> optionalPath(Path dir, JsonObject json, String key) throws Failure {
    return json.has(key) ? Optional.of(path(dir, key, json.text(key))) : Optional.empty();
  }

  private static Path path(Path dir, String key, String text) throws Failure {
    try {
      if (!text.isBlank()) {
        return dir.resolve(text);
      }
    } catch (InvalidPathException e) {
      throw Failure.of("\"%s\" %s".formatted(key, NOT_A_PATH));
    }
    throw Failure.of("\"" + key + "\" is blank");
  }

  private static List<String> problems(
      SettingReader reader, SettingReader policy, JsonObject json) {
    List<String> problems = new ArrayList<>(reader.problems());
    problems.addAll(policy.problems());
    List<String> unknown = unknownKeys(json);
    if (!unknown.isEmpty()) {
      problems.add("unknown keys are ignored: " + String.join(", ", unknown));
    }
    return problems;
  }

  private static List<String> unknownKeys(JsonObject json) {
    JsonObject activation = objectOrEmpty(json, "activation");
    List<String> unknown = new ArrayList<>();
    addUnknown(unknown, "", json, KEYS);
    addUnknown(unknown, "slots.", objectOrEmpty(json, "slots"), SLOT_KEYS);
    addUnknown(unknown, "activation.", activation, ACTIVATION_KEYS);
    addUnknown(
        unknown,
        "activation.fleet_lock.",
        objectOrEmpty(activation, "fleet_lock"),
        FLEET_LOCK_KEYS);
    return unknown;
  }

  private static JsonObject objectOrEmpty(JsonObject json, String key) {
    try {
      return json.object(key);
    } catch (Failure e) {
      return JsonObject.EMPTY;
    }
  }

  private static void addUnknown(
      List<String> unknown, String prefix, JsonObject json, Set<String> known) {
    json.keys().stream()
        .filter(key -> !known.contains(key))
        .map(prefix::concat)
        .forEach(unknown::add);
  }

  /**
   * Throws if a value that the update server is asked with is wrong. Certificates are needed for
   * https only.
   */
  public void requireServer() throws Failure {
    if ("https".equalsIgnoreCase(server.get().getScheme())) {
      caFile.get();
    }
    authorizationFile.get();
  }

  /**
   * Returns deadlines under which verifying lasts at least as long as the health check may take.
   */
  public Deadlines extend(Deadlines deadlines) {
    return isTooLong(deadlines)
        ? deadlines.with(Map.of(Phase.VERIFYING, health.limit()))
        : deadlines;
  }

  private boolean isTooLong(Deadlines deadlines) {
    return deadlines.limit(Phase.VERIFYING).exists(limit -> limit.compareTo(health.limit()) < 0);
  }

  /** Returns the warnings about this configuration under these deadlines, one line for each. */
  public List<String> warnings(Deadlines deadlines) {
    List<String> warnings = new ArrayList<>(problems);
    if (isTooLong(deadlines)) {
      warnings.add(
          "all tries and pauses of the health check take up to %s, which is now the deadline of verifying"
              .formatted(Deadlines.inWords(health.limit())));
    }
    return warnings;
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of a device.
 *
 * <p>Immutable.
 *
 * @param server the address of the folder with the manifest; it ends with a slash
 * @param healthCheck the command that tells whether the running slot is healthy, and its arguments
 * @param healthTimeout how long that may take
 * @param fetchTimeout how long the server may send nothing
 * @param bootTries how many more boots a slot gets that is not marked good
 * @param caFile certificates, in PEM form, that are trusted instead of those of the Java runtime
 * @param authorizationFile holds the Authorization header for the server
 */
public record DeviceConfig(
    URI server,
    List<String> healthCheck,
    Duration healthTimeout,
    Duration fetchTimeout,
    int bootTries,
    Optional<Path> caFile,
    Optional<Path> authorizationFile) {
  private static final Set<String> KEYS = Set.of(
      "server",
      "health_check",
      "health_timeout_s",
      "fetch_timeout_s",
      "boot_tries",
      "ca_file",
      "authorization_file");
  private static final long DAY_S = 24 * 60 * 60;

  /** {@inheritDoc} */
  public DeviceConfig {
    healthCheck = List.copyOf(healthCheck);
  }

  static DeviceConfig of(JsonObject json) throws Failure {
    Set<String> unknown = json.keys();
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw Failure.of("has unknown keys: " + String.join(", ", unknown));
    }
    return new DeviceConfig(
        server(json.text("server")),
        healthCheck(json.list("health_check")),
        seconds(json, "health_timeout_s", 60),
        seconds(json, "fetch_timeout_s", 30),
        (int) json.number("boot_tries", 1, 100, 3),
        file(json, "ca_file"),
        file(json, "authorization_file"));
  }

  /** The text is not shown if it may hold a password. */
  private static URI server(String text) throws Failure {
    try {
      URI uri = new URI(text.endsWith("/") ? text : text + "/");
      if (String.valueOf(uri.getRawAuthority()).contains("@")) {
        throw Failure.of("\"server\" holds a user name or password, which others may read; put it"
            + " into a file, and its path into \"authorization_file\"");
      }
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean plain =
          uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null;
      if (!web || !plain) {
        throw Failure.of("\"server\" is no http or https address of a folder: " + text);
      }
      return uri;
    } catch (URISyntaxException e) {
      throw Failure.of("\"server\" is no address" + (text.contains("@") ? "" : ": " + text));
    }
  }

  private static List<String> healthCheck(List<String> words) throws Failure {
    if (words.isEmpty() || words.get(0).isBlank()) {
      throw Failure.of("\"health_check\" names no command");
    }
    return words;
  }

  private static Optional<Path> file(JsonObject json, String key) throws Failure {
    if (!json.keys().contains(key)) {
      return Optional.empty();
    }
    String text = json.text(key);
    if (text.isEmpty()) {
      throw Failure.of('"' + key + "\" names no file");
    }
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      throw Failure.of('"' + key + "\" is no path");
    }
  }

  private static Duration seconds(JsonObject json, String key, long defaultValue) throws Failure {
    return Duration.ofSeconds(json.number(key, 1, DAY_S, defaultValue));
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.JsonObject;
import io.vavr.control.Either;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the owner of a device has settled.
 *
 * <p>Immutable.
 *
 * @param server where the manifest lies, with a slash at the end
 * @param healthCheck the command that tells whether the running slot is healthy, and its arguments
 * @param healthTimeout how long that may take
 * @param fetchTimeout how long the server may keep silent
 * @param bootTries how many unconfirmed boots a slot is given after its first
 */
public record DeviceConfig(
    URI server,
    List<String> healthCheck,
    Duration healthTimeout,
    Duration fetchTimeout,
    int bootTries) {
  private static final Set<String> KEYS =
      Set.of("server", "health_check", "health_timeout_s", "fetch_timeout_s", "boot_tries");
  private static final long DAY_S = 24 * 60 * 60;

  /** {@inheritDoc} */
  public DeviceConfig {
    healthCheck = List.copyOf(healthCheck);
  }

  static Either<String, DeviceConfig> of(JsonObject json) {
    Set<String> unknown = new TreeSet<>(json.keys());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      return Either.left("has keys that mean nothing here: " + String.join(", ", unknown));
    }
    return server(json)
        .flatMap(server -> healthCheck(json)
            .flatMap(check -> seconds(json, "health_timeout_s", 60)
                .flatMap(healthy -> seconds(json, "fetch_timeout_s", 30)
                    .flatMap(fetch -> json.number("boot_tries", 1, 100, 3)
                        .map(tries ->
                            new DeviceConfig(server, check, healthy, fetch, tries.intValue()))))));
  }

  private static Either<String, URI> server(JsonObject json) {
    return json.text("server").flatMap(DeviceConfig::address);
  }

  private static Either<String, URI> address(String text) {
    try {
      URI uri = new URI(text.endsWith("/") ? text : text + "/");
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean plain =
          uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null;
      return web && plain
          ? Either.right(uri)
          : Either.left("\"server\" is no http or https address of a folder: " + text);
    } catch (URISyntaxException e) {
      return Either.left("\"server\" is no address: " + text);
    }
  }

  private static Either<String, List<String>> healthCheck(JsonObject json) {
    return json.list("health_check")
        .filterOrElse(
            words -> !words.isEmpty() && !words.get(0).isBlank(),
            words -> "\"health_check\" names no command");
  }

  private static Either<String, Duration> seconds(JsonObject json, String key, long otherwise) {
    return json.number(key, 1, DAY_S, otherwise).map(Duration::ofSeconds);
  }
}

package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that {@code http_proxy}, {@code https_proxy} and {@code no_proxy} name, in lower or
 * upper case; the lower case goes first. {@code no_proxy} lists hosts, domains, addresses and
 * networks such as {@code 10.0.0.0/8}, each perhaps with a port, or {@code *}.
 *
 * <p>Immutable.
 */
final class Proxies {
  private final UnaryOperator<@Nullable String> environment;

  /**
   * Prepares to read variables.
   *
   * @param environment returns the value of a variable, or null
   */
  Proxies(UnaryOperator<@Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * A proxy.
   *
   * @param host its name or address
   * @param port its port
   * @param authorization the value of the Proxy-Authorization field, if it has one
   */
  record Proxy(String host, int port, Optional<String> authorization) {
    /** Shows no credential. */
    @Override
    public String toString() {
      return "proxy " + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Returns the proxy for an address, or none if it is reached directly.
   *
   * @throws HttpException if the variable names no proxy that can be used
   */
  Optional<Proxy> of(URI address) throws HttpException {
    String name = WebAddress.secure(address) ? "https_proxy" : "http_proxy";
    Optional<String> value = variable(name);
    return value.isEmpty() || direct(address)
        ? Optional.empty()
        : Optional.of(parse(name, value.get()));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.apply(name))
        .or(() -> Optional.ofNullable(environment.apply(name.toUpperCase(Locale.ROOT))))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  private static Proxy parse(String name, String value) throws HttpException {
    try {
      URI uri = new URI(value.contains("://") ? value : "http://" + value);
      if (!"http".equalsIgnoreCase(uri.getScheme())) {
        throw HttpException.waiting(
            "%s names a proxy of type %s; only http is supported".formatted(name, uri.getScheme()));
      }
      if (uri.getHost() != null && uri.getPort() <= 65_535) {
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new Proxy(WebAddress.host(uri), port, authorization(uri));
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // Its message shows the value, which may hold a password.
    }
    throw HttpException.waiting(name + " is not an address of a proxy");
  }

  private static Optional<String> authorization(URI proxy) {
    return Optional.ofNullable(proxy.getRawUserInfo()).map(raw -> {
      int colon = raw.indexOf(':');
      String user = colon < 0 ? raw + ":" : raw;
      byte[] decoded = URLDecoder.decode(user.replace("+", "%2B"), UTF_8).getBytes(UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(decoded);
    });
  }

  private boolean direct(URI address) {
    String host = WebAddress.host(address).toLowerCase(Locale.ROOT);
    return variable("no_proxy")
        .filter(list -> List.of(list.split("[,\\s]+", -1)).stream()
            .anyMatch(
                entry -> covers(entry.toLowerCase(Locale.ROOT), host, WebAddress.port(address))))
        .isPresent();
  }

  private static boolean covers(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    if (entry.contains("/")) {
      return Network.parse(entry).filter(network -> network.contains(host)).isPresent();
    }
    boolean plainIpv6 = !entry.startsWith("[") && entry.indexOf(':') != entry.lastIndexOf(':');
    Matcher parts = Pattern.compile("(.*?)(?::([0-9]{1,5}))?", Pattern.DOTALL).matcher(entry);
    if (plainIpv6 || !parts.matches()) {
      return entry.equals(host);
    }
    String name = parts.group(1).replaceAll("^\\*?\\.|[\\[\\]]", "");
    boolean samePort = parts.group(2) == null || Integer.parseInt(parts.group(2)) == port;
    return samePort && !name.isEmpty() && (host.equals(name) || host.endsWith("." + name));
  }
}

package io.kubesolo.update.agent.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** The parts of an http or https address that a client needs. */
final class WebAddress {
  private static final Pattern UNENCODED = Pattern.compile("[ \"<>\\\\^`{|}]");

  private WebAddress() {}

  static boolean secure(URI address) {
    return "https".equals(scheme(address));
  }

  private static String scheme(URI address) {
    return String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
  }

  static int port(URI address) {
    int usual = secure(address) ? 443 : 80;
    return address.getPort() < 0 ? usual : address.getPort();
  }

  /** Returns the host; an IPv6 address without its brackets. */
  static String host(URI address) {
    String host = address.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Returns the value of the Host field. It has a port only if that is not the default one. */
  static String hostField(URI address) {
    return address.getPort() < 0 ? address.getHost() : address.getHost() + ":" + port(address);
  }

  static String hostAndPort(URI address) {
    return address.getHost() + ":" + port(address);
  }

  /** Returns the origin: scheme, host and port. */
  static String origin(URI address) {
    return scheme(address) + "://" + hostAndPort(address).toLowerCase(Locale.ROOT);
  }

  /** Returns path and query, as in a request. */
  static String target(URI address) {
    String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    return address.getRawQuery() == null ? path : path + "?" + address.getRawQuery();
  }

  /** Returns the address as readable text, without its query, which may hold a signature. */
  static String shown(URI address) {
    return "%s://%s%s%s"
        .formatted(
            scheme(address),
            hostField(address),
            address.getRawPath(),
            address.getRawQuery() == null ? "" : "?...");
  }

  /** Resolves an address by RFC 3986; the Java runtime loses the path with "" and "?query". */
  private static URI resolved(URI from, URI location) {
    boolean samePath = location.getScheme() == null
        && location.getRawAuthority() == null
        && location.getRawPath().isEmpty();
    URI path = samePath ? URI.create(from.getRawPath()) : location;
    String query = location.getRawQuery() == null ? from.getRawQuery() : location.getRawQuery();
    return samePath && query != null
        ? from.resolve(URI.create(path + "?" + query))
        : from.resolve(path);
  }

  /** Encodes the printable characters that RFC 3986 does not allow, but servers send. */
  private static String encoded(String location) {
    return UNENCODED
        .matcher(location)
        .replaceAll(character -> "%%%02X".formatted((int) character.group().charAt(0)));
  }

  /** Returns the start of a clause about what is no address: without a query, a user or a password. */
  private static String shown(String location) {
    return location.contains("@")
        ? "something that"
        : location.replaceFirst("(?s)([?#]).*", "$1...") + ", which";
  }

  /**
   * Returns where a redirect leads.
   *
   * @throws HttpException if the redirect must not be followed
   */
  static URI redirected(URI from, String location) throws HttpException {
    URI to;
    try {
      to = resolved(from, new URI(encoded(location)));
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw HttpException.waiting("redirects to " + shown(location) + " is not an address");
    }
    boolean web = "http".equals(scheme(to)) || secure(to);
    if (!web || to.getHost() == null || to.getHost().isEmpty() || port(to) > 65_535) {
      throw HttpException.waiting(
          "redirects to " + shown(location) + " is not an http or https address");
    }
    if (to.getRawUserInfo() != null) {
      throw HttpException.waiting("redirects to an address with a user name at " + to.getHost());
    }
    if (secure(from) && !secure(to)) {
      throw HttpException.waiting(
          "redirects from https to " + shown(to) + ", which is not followed");
    }
    return to;
  }
}

package io.kubesolo.update.agent.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** What a client needs to know of an http or https address. */
final class WebAddress {
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

  /** The host, an IPv6 address without its brackets. */
  static String host(URI address) {
    String host = address.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** The value of the Host field: the port is named only if it is not the usual one. */
  static String hostField(URI address) {
    return address.getPort() < 0 ? address.getHost() : address.getHost() + ":" + port(address);
  }

  static String hostAndPort(URI address) {
    return address.getHost() + ":" + port(address);
  }

  /** Scheme, host and port, by which two addresses are of one owner. */
  static String origin(URI address) {
    return scheme(address) + "://" + hostAndPort(address).toLowerCase(Locale.ROOT);
  }

  /** Path and query, as a request names them. */
  static String target(URI address) {
    String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    return address.getRawQuery() == null ? path : path + "?" + address.getRawQuery();
  }

  /** The address for a person: a query is left out, because it may hold a signature or token. */
  static String shown(URI address) {
    return "%s://%s%s%s"
        .formatted(
            scheme(address),
            hostField(address),
            address.getRawPath(),
            address.getRawQuery() == null ? "" : "?...");
  }

  /** Resolves as RFC 3986 does; the Java runtime takes the path of neither "" nor "?query". */
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

  /**
   * Returns where a redirect leads.
   *
   * @throws HttpException if that is no place to follow it to
   */
  static URI redirected(URI from, String location) throws HttpException {
    URI to;
    try {
      to = resolved(from, new URI(location));
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw HttpException.waiting("redirects to what is no address");
    }
    boolean web = "http".equals(scheme(to)) || secure(to);
    if (!web || to.getHost() == null || to.getHost().isEmpty() || port(to) > 65_535) {
      throw HttpException.waiting("redirects to what is no http or https address");
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

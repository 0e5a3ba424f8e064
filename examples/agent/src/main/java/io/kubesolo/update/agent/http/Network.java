package io.kubesolo.update.agent.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A network of IPv4 or IPv6 addresses.
 *
 * <p>Immutable.
 */
final class Network {
  private static final Pattern PREFIX = Pattern.compile("[0-9]{1,3}");

  /** The characters of an address; other texts are names, which are not looked up. */
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*");

  private final byte[] address;
  private final int bits;

  private Network(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /** Returns the network that is written as ADDRESS/BITS, or none if the text is not a network. */
  static Optional<Network> parse(String text) {
    int slash = text.indexOf('/');
    String prefix = text.substring(slash + 1);
    if (slash < 0 || !PREFIX.matcher(prefix).matches()) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(prefix);
    return bytes(text.substring(0, slash))
        .filter(address -> bits <= 8 * address.length)
        .map(address -> new Network(address, bits));
  }

  private static Optional<byte[]> bytes(String literal) {
    if (!LITERAL.matcher(literal).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(literal).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Returns whether a host is an address of this network; false for a name. */
  boolean contains(String host) {
    return bytes(host).filter(this::containsAddress).isPresent();
  }

  private boolean containsAddress(byte[] other) {
    boolean same = other.length == address.length;
    for (int bit = 0; same && bit < bits; bit++) {
      int mask = 0x80 >> bit % 8;
      same = (address[bit / 8] & mask) == (other[bit / 8] & mask);
    }
    return same;
  }
}

package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Removes credentials from messages, because a server may repeat what it was sent. */
final class Redaction {
  private static final int MIN_LENGTH = 4;

  /** The secrets, longer ones first, because they may contain shorter ones. */
  private final Set<String> secrets = new ConcurrentSkipListSet<>(Redaction::longerFirst);

  private static int longerFirst(String one, String other) {
    int byLength = Integer.compare(other.length(), one.length());
    return byLength == 0 ? one.compareTo(other) : byLength;
  }

  /** Adds the value of an Authorization field, and the parts of it. */
  void add(String authorization) {
    secrets.add(authorization);
    String credential = authorization.substring(authorization.indexOf(' ') + 1);
    secrets.add(credential);
    if (authorization.startsWith("Basic ")) {
      try {
        String pair = new String(Base64.getDecoder().decode(credential), ISO_8859_1);
        secrets.add(pair.substring(pair.indexOf(':') + 1));
      } catch (IllegalArgumentException e) {
        // It is not a valid Basic credential.
      }
    }
  }

  String apply(String text) {
    String redacted = text;
    for (String secret : secrets) {
      if (secret.length() >= MIN_LENGTH) {
        redacted = redacted.replace(secret, "***");
      }
    }
    return redacted;
  }
}

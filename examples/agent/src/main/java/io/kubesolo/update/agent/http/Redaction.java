package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes credentials from messages, because a server may repeat what it was sent, also in another
 * case, percent-encoded or in parts.
 */
final class Redaction {
  private static final int MIN_LENGTH = 4;

  /** Shorter parts, such as {@code qop=auth}, are words of messages. */
  private static final int MIN_PART_LENGTH = 6;

  private static final String BASIC = "Basic ";

  /** A word of a credential that names no parameter, without quotes and the padding of Base64. */
  private static final Pattern VALUE =
      Pattern.compile("(?<![^\\s,;\"=])[^\\s,;\"=]++(?!\\s*=\\s*[^\\s,;=])");

  private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");

  /** The secrets, longer ones first, because they may contain shorter ones. */
  private final Set<String> secrets = new ConcurrentSkipListSet<>(Redaction::longerFirst);

  private static int longerFirst(String one, String other) {
    int byLength = Integer.compare(other.length(), one.length());
    return byLength == 0 ? one.compareTo(other) : byLength;
  }

  /** Adds the value of an Authorization field, and the parts of it. */
  void add(String authorization) {
    add(authorization, MIN_LENGTH);
    String credential = authorization.substring(authorization.indexOf(' ') + 1).strip();
    add(credential, MIN_LENGTH);
    VALUE.matcher(credential).results().forEach(value -> add(value.group(), MIN_PART_LENGTH));
    for (String parameter : credential.split("[\\s,;]+", -1)) {
      add(unquoted(parameter.substring(parameter.indexOf('=') + 1)), MIN_PART_LENGTH);
    }
    if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      try {
        String pair = new String(Base64.getDecoder().decode(credential), ISO_8859_1);
        add(pair.substring(pair.indexOf(':') + 1), MIN_LENGTH);
      } catch (IllegalArgumentException e) {
        // It is not a valid Basic credential.
      }
    }
  }

  private static String unquoted(String value) {
    return value.replace("\"", "");
  }

  private void add(String secret, int minLength) {
    if (secret.length() >= minLength) {
      secrets.add(secret);
    }
  }

  String apply(String text) {
    String decoded = ESCAPE.matcher(text).replaceAll(Redaction::decoded);
    String redacted = redacted(decoded);
    return redacted.equals(decoded) ? text : redacted;
  }

  private static String decoded(MatchResult escape) {
    return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(escape.group(1), 16)));
  }

  private String redacted(String text) {
    String redacted = text;
    for (String secret : secrets) {
      redacted = Pattern.compile(Pattern.quote(secret), Pattern.CASE_INSENSITIVE)
          .matcher(redacted)
          .replaceAll("***");
    }
    return redacted;
  }
}

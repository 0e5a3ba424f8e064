package io.kubesolo.update.core;

import io.vavr.control.Either;
import org.jspecify.annotations.Nullable;

/**
 * Validates text from outside. A character is a Unicode code point, so that a limit never splits a
 * surrogate pair.
 */
final class Text {
  static final int MAX_VERSION_CHARACTERS = 255;
  static final int MAX_ERROR_CHARACTERS = 4096;

  private Text() {}

  static Either<String, String> version(String name, @Nullable String value) {
    if (value == null) {
      return isNull(name);
    }
    if (value.codePointCount(0, value.length()) > MAX_VERSION_CHARACTERS) {
      return Either.left(name + " has more than " + MAX_VERSION_CHARACTERS + " characters");
    }
    Either<String, String> text = wellFormed(name, value);
    return text.isRight() && hasControl(value)
        ? Either.left(name + " holds a control character")
        : text;
  }

  static Either<String, String> error(String name, @Nullable String value) {
    if (value == null) {
      return isNull(name);
    }
    int kept = Math.min(MAX_ERROR_CHARACTERS, value.codePointCount(0, value.length()));
    return wellFormed(name, value.substring(0, value.offsetByCodePoints(0, kept)));
  }

  /**
   * Returns the error text of an exception; its class name if its own text is not a valid error.
   */
  static String error(Throwable cause) {
    String text = description(Arguments.requireNonNull(cause, "the cause of an error"));
    return text == null
        ? cause.getClass().getName()
        : error("error", replaceLoneSurrogates(start(text)))
            .getOrElse(cause.getClass().getName());
  }

  /** Returns an exception's own text; none if it fails to make one, in whatever way. */
  private static @Nullable String description(Throwable cause) {
    try {
      return cause.toString();
    } catch (Throwable e) {
      return null;
    }
  }

  /** Returns at least as much of a text as an error can hold. */
  private static String start(String text) {
    return text.substring(0, Math.min(2 * MAX_ERROR_CHARACTERS, text.length()));
  }

  private static Either<String, String> isNull(String name) {
    return Either.left(name + " is null");
  }

  private static Either<String, String> wellFormed(String name, String value) {
    if (value.isBlank()) {
      return Either.left(name + " is blank");
    }
    return hasLoneSurrogate(value)
        ? Either.left(name + " is not well-formed Unicode: it holds a lone surrogate")
        : Either.right(value);
  }

  /** Escapes line breaks and control characters as in Java source. */
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (Character.isISOControl(character) || character == 0x2028 || character == 0x2029) {
        line.append("\\u%04x".formatted((int) character));
      } else {
        line.append(character);
      }
    }
    return line.toString();
  }

  private static boolean hasControl(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static String replaceLoneSurrogates(String value) {
    int[] characters = value
        .codePoints()
        .map(character -> Character.getType(character) == Character.SURROGATE ? 0xFFFD : character)
        .toArray();
    return new String(characters, 0, characters.length);
  }

  static boolean hasLoneSurrogate(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i)) && isLone(value, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLone(String value, int surrogate) {
    int high = Character.isHighSurrogate(value.charAt(surrogate)) ? surrogate : surrogate - 1;
    return high < 0
        || high + 1 == value.length()
        || !Character.isSurrogatePair(value.charAt(high), value.charAt(high + 1));
  }
}

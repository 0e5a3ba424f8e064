package io.kubesolo.update.persist;

import static com.fasterxml.jackson.core.JsonToken.FIELD_NAME;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.ContentReference;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A JSON text that is parsed token by token, and whose parts can be copied as they are written.
 * Each call takes time linear in the length of the text that it passes, numbers included.
 */
final class JsonText implements AutoCloseable {
  /** How deep arrays and objects may be nested, the outermost object included. */
  static final int MAX_DEPTH = 1000;

  /** Limits nothing but the depth, because the length of the whole text is limited. */
  static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
      .maxNestingDepth(MAX_DEPTH)
      .maxNumberLength(StateReader.MAX_BYTES)
      .maxStringLength(StateReader.MAX_BYTES)
      .maxNameLength(StateReader.MAX_BYTES)
      .build();

  private static final JsonFactory JSON =
      JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();

  private final char[] source;
  private final JsonParser json;

  JsonText(char[] source) throws IOException {
    this.source = source;
    this.json = JSON.createParser(source);
  }

  /** The text is JSON, but not a state. */
  static final class InvalidState extends JsonParseException {
    private static final long serialVersionUID = 1L;

    private InvalidState(JsonParser json, String what, JsonLocation where) {
      super(json, what, where);
    }
  }

  /**
   * Refuses a key that escapes a lone surrogate, wherever it is, before anything is parsed: only
   * Jackson 2.22 and later refuse such a key, and the application may use an older version.
   */
  void requireWholeKeys() throws InvalidState {
    int open = 0;
    while (open < source.length) {
      if (source[open] != '"') {
        open++;
        continue;
      }
      int close = closingQuote(source, open);
      if (isFollowedByColon(close) && holdsLoneSurrogate(open, close)) {
        throw new InvalidState(json, "a key holds a lone surrogate", location(open));
      }
      open = close + 1;
    }
  }

  private boolean isFollowedByColon(int close) {
    int next = afterWhiteSpace(close + 1);
    return next < source.length && source[next] == ':';
  }

  private int afterWhiteSpace(int start) {
    int next = start;
    while (next < source.length && isWhiteSpace(source[next])) {
      next++;
    }
    return next;
  }

  private boolean holdsLoneSurrogate(int open, int close) {
    StringBuilder key = new StringBuilder();
    for (int i = open + 1; i < close; i++) {
      if (source[i] != '\\') {
        key.append(source[i]);
      } else if (source[++i] == 'u') {
        key.append((char) hexadecimal(i + 1, Math.min(close, i + 5)));
        i += 4;
      }
    }
    return !Decorations.wellFormed(key.toString()).contentEquals(key);
  }

  /** Returns a number of four digits, and zero if these are none, which is an error of the JSON. */
  private int hexadecimal(int start, int end) {
    int number = 0;
    for (int i = start; i < end; i++) {
      int digit = Character.digit(source[i], 16);
      if (digit < 0) {
        return 0;
      }
      number = number * 16 + digit;
    }
    return number;
  }

  private JsonLocation location(int offset) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < offset; i++) {
      if (source[i] == '\n' || (source[i] == '\r' && source[i + 1] != '\n')) {
        line++;
        lineStart = i + 1;
      }
    }
    return new JsonLocation(ContentReference.unknown(), offset, line, offset - lineStart + 1);
  }

  /** Moves to the next token and returns it; null at the end of the text. */
  @Nullable
  JsonToken next() throws IOException {
    return json.nextToken();
  }

  /** Moves to the next member of an object and returns whether there is one. */
  boolean nextMember() throws IOException {
    return json.nextToken() == FIELD_NAME;
  }

  JsonToken token() {
    return json.currentToken();
  }

  /** Returns the key of the present member, unescaped. */
  String key() throws IOException {
    return json.currentName();
  }

  /** Returns the key of the present member as it is written, in its quotes. */
  String writtenKey() {
    int start = start();
    return between(start, closingQuote(source, start) + 1);
  }

  /** Returns the present string unescaped, or the present number as it is written. */
  String scalar() throws IOException {
    return json.getText();
  }

  /** Returns where the present token starts. */
  int start() {
    return (int) json.currentTokenLocation().getCharOffset();
  }

  /** Moves to the end of the present value and returns where that is. */
  int skip(int maxDepth) throws IOException {
    int open = 0;
    do {
      if (json.currentToken().isStructStart()) {
        open++;
        requireDepth(maxDepth);
      } else if (json.currentToken().isStructEnd()) {
        open--;
      }
    } while (open > 0 && json.nextToken() != null);
    json.finishToken();
    return end();
  }

  /** Returns where the present token ends. */
  int end() {
    return (int) json.currentLocation().getCharOffset();
  }

  /** Moves to the end of the present value and returns the value as it is written. */
  String written(int maxDepth) throws IOException {
    int start = start();
    return between(start, skip(maxDepth));
  }

  /** Refuses the present array or object if it is nested too deep. */
  void requireDepth(int maxDepth) throws IOException {
    if (json.getParsingContext().getNestingDepth() > maxDepth) {
      throw new StreamConstraintsException("nested too deep", json.currentTokenLocation());
    }
  }

  /** Returns what is written between two places. */
  String between(int start, int end) {
    return new String(source, start, end - start);
  }

  /**
   * Returns the value between two places on one line: without the white space between its
   * tokens, but with one space after each comma and colon, and with the control characters of
   * its strings escaped.
   */
  String oneLine(int start, int end) {
    StringBuilder line = new StringBuilder(end - start + 16);
    int next = start;
    while (next < end) {
      char character = source[next];
      if (character == '"') {
        int close = closingQuote(source, next) + 1;
        appendEscaped(line, next, close);
        next = close;
      } else {
        if (!isWhiteSpace(character)) {
          line.append(character);
        }
        if (character == ',' || character == ':') {
          line.append(' ');
        }
        next++;
      }
    }
    return line.toString();
  }

  private void appendEscaped(StringBuilder line, int start, int end) {
    for (int i = start; i < end; i++) {
      char character = source[i];
      if (character >= 0x7f && character <= 0x9f) {
        line.append("\\u00").append(Integer.toHexString(character));
      } else {
        line.append(character);
      }
    }
  }

  /**
   * Returns where a string ends that starts at a quote, or where the text ends, if that is first.
   */
  private static int closingQuote(char[] source, int open) {
    int close = open + 1;
    while (close < source.length && source[close] != '"') {
      close += source[close] == '\\' ? 2 : 1;
    }
    return Math.min(close, source.length);
  }

  private static boolean isWhiteSpace(char character) {
    return character == ' ' || character == '\n' || character == '\r' || character == '\t';
  }

  InvalidState invalid(String what) {
    return new InvalidState(json, what, json.currentTokenLocation());
  }

  InvalidState invalidHere(String what) {
    return new InvalidState(json, what, json.currentLocation());
  }

  /** Returns whether nothing but white space follows the present token. */
  boolean isLast() {
    return afterWhiteSpace(end()) == source.length;
  }

  /** Returns an error at what follows the present token. */
  InvalidState invalidBehind(String what) {
    return new InvalidState(json, what, location(afterWhiteSpace(end())));
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}

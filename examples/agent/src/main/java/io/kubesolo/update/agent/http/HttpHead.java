package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an HTTP/1.1 response, parsed according to RFC 9112.
 *
 * <p>Immutable.
 *
 * @param minorVersion 0 or 1
 * @param status three digits
 * @param reason the reason phrase of the server, or empty
 * @param fields the values of each field, by its name in lower case
 */
record HttpHead(int minorVersion, int status, String reason, Map<String, List<String>> fields) {
  /** The maximum size of a response's head with all interim (1xx) heads before it, in bytes. */
  static final int MAX_BYTES = 64 * 1024;

  private static final Pattern STATUS_LINE =
      Pattern.compile("HTTP/1\\.([01]) ([1-9][0-9]{2})(?: (.*))?", Pattern.DOTALL);
  private static final Pattern FIELD =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)", Pattern.DOTALL);
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  /** Reads the head of a final response; interim ones (1xx) before it are skipped. */
  static HttpHead read(InputStream in) throws IOException {
    Lines lines = new Lines(in, MAX_BYTES);
    HttpHead head = one(lines);
    while (head.status < 200 && head.status != 101) {
      head = one(lines);
    }
    return head;
  }

  private static HttpHead one(Lines lines) throws IOException {
    Matcher line = STATUS_LINE.matcher(lines.first());
    if (!line.matches()) {
      throw HttpException.retry("the server does not speak HTTP/1");
    }
    String reason = line.group(3) == null ? "" : line.group(3).strip();
    return new HttpHead(
        Integer.parseInt(line.group(1)), Integer.parseInt(line.group(2)), reason, fields(lines));
  }

  private static Map<String, List<String>> fields(Lines lines) throws IOException {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    List<String> last = List.of();
    for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
      boolean folded = line.charAt(0) == ' ' || line.charAt(0) == '\t';
      Matcher field = FIELD.matcher(line);
      if (folded && !last.isEmpty()) {
        last.add(last.remove(last.size() - 1) + " " + line.strip());
      } else if (field.matches()) {
        last = fields.computeIfAbsent(lower(field.group(1)), name -> new ArrayList<>());
        last.add(field.group(2).strip());
      } else {
        throw malformed("a line of the header is no field");
      }
    }
    return fields;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Returns the value of a field; of several, the first. */
  Optional<String> field(String name) {
    List<String> values = fields.get(name);
    return values == null ? Optional.empty() : Optional.of(values.get(0));
  }

  /**
   * Returns whether the body comes in chunks. Throws for another coding: the body's end is unknown.
   */
  boolean chunked() throws HttpException {
    Optional<String> coding = field("transfer-encoding");
    if (coding.isEmpty()) {
      return false;
    }
    if (minorVersion == 0
        || count("transfer-encoding") > 1
        || !"chunked".equals(lower(coding.get()))) {
      throw malformed("Transfer-Encoding " + coding.get() + " is not supported");
    }
    return true;
  }

  /** Returns the length of the body, if it is given. Throws if two different lengths are given. */
  Optional<Long> length() throws HttpException {
    Optional<Long> length = Optional.empty();
    for (String value : fields.getOrDefault("content-length", List.of())) {
      for (String one : value.split(",", -1)) {
        if (!LENGTH.matcher(one.strip()).matches()) {
          throw malformed("Content-Length is not a number of bytes: " + value);
        }
        long bytes = Long.parseLong(one.strip());
        if (length.isPresent() && length.get() != bytes) {
          throw malformed("two different Content-Length");
        }
        length = Optional.of(bytes);
      }
    }
    return length;
  }

  private int count(String name) {
    return fields.getOrDefault(name, List.of()).size();
  }

  /** Returns a coding of the content that was not asked for, if there is one. */
  Optional<String> coding() {
    return field("content-encoding").filter(coding -> !"identity".equals(lower(coding)));
  }

  private static HttpException malformed(String problem) {
    return HttpException.retry("malformed answer: " + problem);
  }

  /** Lines that end with LF or CRLF, of a limited number of bytes in all. */
  static final class Lines {
    private final InputStream in;
    private int left;

    Lines(InputStream in, int maxBytes) {
      this.in = in;
      this.left = maxBytes;
    }

    /** Returns the first line, up to the first byte that cannot belong to a response. */
    String first() throws IOException {
      String start = "HTTP/1.";
      StringBuilder line = new StringBuilder();
      while (line.length() < start.length()) {
        int next = one();
        line.append((char) next);
        if (next != start.charAt(line.length() - 1)) {
          return line.toString();
        }
      }
      return line + next();
    }

    String next() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = one(); next != '\n'; next = one()) {
        line.write(next);
      }
      String text = line.toString(ISO_8859_1);
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private int one() throws IOException {
      if (left-- == 0) {
        throw malformed("a header without end");
      }
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the server closed the connection within its header");
      }
      return next;
    }
  }
}

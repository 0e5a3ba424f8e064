package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.persist.IoErrorText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Small files of this device that a request needs. */
final class LocalFiles {
  private static final int MAX_AUTHORIZATION_BYTES = 64 * 1024;

  private LocalFiles() {}

  /** Reads a file, and not a fifo or device, byte by byte as ISO 8859-1. */
  static String read(Path file, int maxBytes) throws IOException {
    if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
      throw HttpException.waiting("is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw HttpException.waiting("has more than " + maxBytes + " bytes");
      }
      return new String(bytes, ISO_8859_1);
    }
  }

  /** Returns the failure for a file that cannot be used. It shows nothing of the content. */
  static HttpException unusable(String key, Path file, IOException e) {
    String problem = e instanceof HttpException known ? known.problem() : IoErrorText.of(e);
    return HttpException.waiting(key + " " + file + ": " + problem);
  }

  /**
   * Reads the value of an Authorization field: one line of visible ASCII characters and spaces.
   *
   * @throws HttpException if it holds anything else, or cannot be read
   */
  static String authorization(Path file) throws HttpException {
    try {
      String value =
          read(file, MAX_AUTHORIZATION_BYTES).replaceFirst("\r?\n\\z", "").strip();
      if (!value.matches("[\\x20-\\x7e]+")) {
        throw HttpException.waiting("is not one line of visible ASCII characters");
      }
      return value;
    } catch (IOException e) {
      throw unusable("authorization_file", file, e);
    }
  }
}

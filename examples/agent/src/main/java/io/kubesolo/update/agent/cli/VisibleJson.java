package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/** Escapes the control characters that JSON allows in a string, DEL and C1, in valid UTF-8 JSON. */
final class VisibleJson {
  private static final int DEL = 0x7f;

  /** The first byte of U+0080 to U+00BF in UTF-8. */
  private static final int LATIN_1 = 0xc2;

  private static final int FIRST_OF_C1 = 0x80;
  private static final int LAST_OF_C1 = 0x9f;

  private VisibleJson() {}

  /**
   * Returns the same JSON with these characters as {@code \}{@code u00xx}, and all else as it is.
   */
  static byte[] of(byte[] json) {
    ByteArrayOutputStream visible = new ByteArrayOutputStream(json.length);
    for (int i = 0; i < json.length; i++) {
      int octet = json[i] & 0xff;
      int next = i + 1 < json.length ? json[i + 1] & 0xff : 0;
      if (octet == DEL) {
        visible.writeBytes(escape(DEL));
      } else if (octet == LATIN_1 && next >= FIRST_OF_C1 && next <= LAST_OF_C1) {
        visible.writeBytes(escape(next));
        i++;
      } else {
        visible.write(octet);
      }
    }
    return visible.toByteArray();
  }

  private static byte[] escape(int character) {
    return ("\\u00" + Integer.toHexString(character)).getBytes(US_ASCII);
  }
}

package io.kubesolo.update.agent.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A running SHA-256. */
public final class Sha256 {
  private static final int CHUNK = 256 * 1024;

  private final MessageDigest digest;

  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  public void update(ByteBuffer bytes) {
    digest.update(bytes);
  }

  /** Returns the digest so far, as lower-case hexadecimal digits, and starts again. */
  public String digits() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the digest of some bytes. */
  public static String of(byte[] bytes) {
    Sha256 sha256 = new Sha256();
    sha256.update(ByteBuffer.wrap(bytes));
    return sha256.digits();
  }

  /** Returns the digest of the next bytes, or of as many as there are. */
  public static String of(ReadableByteChannel in, long size) throws IOException {
    Sha256 sha256 = new Sha256();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK, size));
    long left = size;
    while (left > 0 && in.read(buffer.clear().limit((int) Math.min(buffer.capacity(), left))) > 0) {
      left -= buffer.flip().remaining();
      sha256.update(buffer);
    }
    return sha256.digits();
  }
}

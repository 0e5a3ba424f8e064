package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file that holds a key, a signature and a manifest that the signature matches, byte for byte, so
 * that an unchanged manifest is not verified again: that takes a quarter of a round in which there
 * is nothing to do. If the file is missing, damaged or of other bytes, the signature is verified.
 *
 * <p>It is written only after a verification. A process that can write it can also write the state
 * file and replace the key.
 */
final class VerifiedManifest {
  private static final int MAX_BYTES = 256 * 1024;

  private final Path file;
  private final byte[] held;

  private VerifiedManifest(Path file, byte[] held) {
    this.file = file;
    this.held = held;
  }

  static VerifiedManifest read(Path file) {
    try {
      return new VerifiedManifest(file, SmallFile.readStart(file, MAX_BYTES));
    } catch (Failure e) {
      return new VerifiedManifest(file, new byte[0]);
    }
  }

  /** Returns whether a signature was verified with this key. */
  boolean isWith(byte[] key) {
    byte[] start = bytes(key, new byte[0], new byte[0]);
    return held.length >= start.length
        && Arrays.equals(held, 0, start.length, start, 0, start.length);
  }

  /** Returns whether this signature was verified for this manifest with this key. */
  boolean isOf(byte[] key, byte[] signature, byte[] manifest) {
    return Arrays.equals(held, bytes(key, signature, manifest));
  }

  /** Records a verification. If the file cannot be written, the next call verifies again. */
  void replace(byte[] key, byte[] signature, byte[] manifest) {
    try {
      SmallFile.replace(file, bytes(key, signature, manifest));
    } catch (Failure e) {
      // The file only saves time.
    }
  }

  /** Returns all three. Only one key, signature and manifest give these bytes: a signature has 64. */
  private static byte[] bytes(byte[] key, byte[] signature, byte[] manifest) {
    return ByteBuffer.allocate(Integer.BYTES + key.length + signature.length + manifest.length)
        .putInt(key.length)
        .put(key)
        .put(signature)
        .put(manifest)
        .array();
  }
}

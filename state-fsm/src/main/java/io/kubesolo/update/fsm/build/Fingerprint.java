package io.kubesolo.update.fsm.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A digest of everything that the result of the build step depends on: the JVM's version, and the
 * names and bytes of all files of the class path. The step's outputs are among these files, so a
 * deleted or changed one changes the fingerprint too.
 */
final class Fingerprint {
  private final MessageDigest digest;

  private Fingerprint(MessageDigest digest) {
    this.digest = digest;
  }

  /** Computes the fingerprint of a directory of classes and of the class path. */
  static String ofClassPath(Path classes) throws IOException {
    Fingerprint fingerprint = new Fingerprint(sha256());
    fingerprint.add(Runtime.version().toString().getBytes(UTF_8));
    fingerprint.addAll(classes);
    for (Path entry : classPath()) {
      fingerprint.addAll(entry);
    }
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private void addAll(Path entry) throws IOException {
    if (Files.exists(entry)) {
      try (Stream<Path> tree = Files.walk(entry)) {
        for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
          add(file.toString().getBytes(UTF_8));
          add(Files.readAllBytes(file));
        }
      }
    }
  }

  /** Adds the digest of bytes, so that no two sequences of them give the same input. */
  private void add(byte[] bytes) {
    digest.update(sha256().digest(bytes));
  }

  /** Returns the class path of the JVM, or of the class loader that Maven made for this step. */
  private static List<Path> classPath() {
    return Fingerprint.class.getClassLoader() instanceof URLClassLoader loader
        ? Stream.of(loader.getURLs())
            .map(URL::toString)
            .map(URI::create)
            .map(Path::of)
            .toList()
        : Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .toList();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

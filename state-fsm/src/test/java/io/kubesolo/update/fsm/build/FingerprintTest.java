package io.kubesolo.update.fsm.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each change of an input of the build step changes the fingerprint. */
class FingerprintTest {
  private static final String CLASS_PATH = "java.class.path";

  @TempDir
  private Path directory = Path.of("");

  private final Set<String> seen = new LinkedHashSet<>();

  private void requireNew(Path classes) throws IOException {
    String fingerprint = Fingerprint.ofClassPath(classes);
    assertThat(Fingerprint.ofClassPath(classes)).isEqualTo(fingerprint);
    assertThat(seen.add(fingerprint)).isTrue();
  }

  @Test
  void dependsOnTheNamesAndBytesOfAllFiles() throws IOException {
    Path classes = directory.resolve("classes");
    requireNew(classes);
    Files.createDirectories(classes.resolve("a"));
    Path file = Files.writeString(classes.resolve("a/One.class"), "one");
    requireNew(classes);
    Files.writeString(file, "two");
    requireNew(classes);
    Files.move(file, classes.resolve("a/Two.class"));
    requireNew(classes);
  }

  @Test
  void dependsOnTheClassPath() throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    Path library = Files.createDirectories(directory.resolve("library"));
    String before = System.getProperty(CLASS_PATH);
    System.setProperty(CLASS_PATH, library + File.pathSeparator + directory.resolve("missing.jar"));
    try {
      requireNew(classes);
      Files.writeString(library.resolve("Read.class"), "one");
      requireNew(classes);
      Files.writeString(library.resolve("Read.class"), "two");
      requireNew(classes);
    } finally {
      System.setProperty(CLASS_PATH, before);
    }
  }
}

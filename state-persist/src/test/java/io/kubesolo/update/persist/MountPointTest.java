package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mount point is recognized by the error of a rename to it, or by the kernel's list of mounts. */
final class MountPointTest {
  private static final Path MOUNTED = Path.of("/proc");

  private static FileSystemException failure(String reason) {
    return new FileSystemException("file", "other", reason);
  }

  @Test
  void theErrorSaysThatTheTargetIsAMountPoint(@TempDir Path directory) {
    Path file = directory.resolve("state.json");
    assertThat(MountPoint.prevents(failure("Device or resource busy"), file)).isTrue();
    assertThat(MountPoint.prevents(
            new AtomicMoveNotSupportedException("a", "b", "Invalid cross-device link"), file))
        .isTrue();
  }

  @Test
  void inAnotherLocaleTheKernelsListSaysIt() {
    assertThat(MountPoint.prevents(failure("Das Gerät oder die Ressource ist belegt"), MOUNTED))
        .isTrue();
  }

  @Test
  void anythingElseIsNoMountPoint(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("state.json"));
    assertThat(MountPoint.prevents(failure("Input/output error"), file)).isFalse();
    assertThat(MountPoint.prevents(failure("Input/output error"), MOUNTED.resolve("version")))
        .isFalse();
    assertThat(MountPoint.prevents(failure("Input/output error"), directory.resolve("no/file")))
        .isFalse();
  }
}

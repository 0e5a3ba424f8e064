package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is itself a mount point, such as a single file mounted into a container. */
final class MountPoint {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int FIELD_OF_PATH = 4;
  private static final String BUSY = "Device or resource busy";

  private MountPoint() {}

  /** Returns whether a rename to a file failed because it is a mount point: nothing was renamed. */
  static boolean prevents(FileSystemException failure, Path target) {
    return failure instanceof AtomicMoveNotSupportedException
        || BUSY.equals(failure.getReason())
        || isListed(target);
  }

  /** Searches the kernel's list of mounts, because the text of an error depends on the locale. */
  private static boolean isListed(Path target) {
    if (target.getFileSystem() != FileSystems.getDefault()) {
      return false;
    }
    try {
      Path real = DurableFile.parentOf(target).toRealPath().resolve(target.getFileName());
      String escaped = real.toString()
          .replace("\\", "\\134")
          .replace(" ", "\\040")
          .replace("\t", "\\011")
          .replace("\n", "\\012");
      String mounts = Files.readString(MOUNTS, ISO_8859_1);
      String bytes = new String(escaped.getBytes(UTF_8), ISO_8859_1);
      return mounts
          .lines()
          .map(line -> line.split(" ", FIELD_OF_PATH + 2))
          .anyMatch(fields -> fields.length > FIELD_OF_PATH && fields[FIELD_OF_PATH].equals(bytes));
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns what to do about a file that cannot be replaced because it is a mount point. */
  static String advice(Path target) {
    return "cannot be replaced, because the file itself is a mount point; mount its directory "
        + DurableFile.parentOf(target)
        + " instead";
  }
}

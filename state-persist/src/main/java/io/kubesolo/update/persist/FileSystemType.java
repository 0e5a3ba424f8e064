package io.kubesolo.update.persist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Whether a type of file system needs an additional sync to make a rename durable. */
final class FileSystemType {
  /** Types on which a rename is durable once the file, before it, and the directory are synced. */
  private static final Set<String> RENAMES_BY_DIRECTORY = Set.of(
      "bcachefs",
      "btrfs",
      "ext2",
      "ext3",
      "ext4",
      "f2fs",
      "jffs2",
      "overlay",
      "ramfs",
      "tmpfs",
      "ubifs",
      "xfs",
      "zfs");

  private static final int MAX_KNOWN = 64;

  /** The answer for each directory by its file key, because looking a type up takes long. */
  private static final Map<Object, Boolean> KNOWN = new ConcurrentHashMap<>();

  private FileSystemType() {}

  /**
   * Returns whether a file must be synced again under its new name after a rename in a directory.
   * FAT keeps the size and the first cluster of a file in its directory entry, and writes them into
   * a new entry only when the file itself is synced. Every unknown type is treated like FAT.
   */
  static boolean needsSyncUnderNewName(Directory directory) {
    Boolean known = KNOWN.get(directory.key());
    if (known != null) {
      return known;
    }
    boolean needed = !RENAMES_BY_DIRECTORY.contains(type(directory.path()));
    if (KNOWN.size() >= MAX_KNOWN) {
      KNOWN.clear();
    }
    KNOWN.put(directory.key(), needed);
    return needed;
  }

  private static String type(Path directory) {
    try {
      return Files.getFileStore(directory).type();
    } catch (IOException e) {
      // There may be no /proc. The sync that follows costs time only.
      return "";
    }
  }
}

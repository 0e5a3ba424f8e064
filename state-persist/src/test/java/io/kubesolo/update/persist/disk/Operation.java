package io.kubesolo.update.persist.disk;

import java.util.Locale;

/**
 * One operation that a process asked the file system for.
 *
 * <p>Immutable.
 *
 * @param index how many it asked for before
 * @param kind what it asked for
 * @param path the file or directory; of a rename or a second name the old one
 */
public record Operation(int index, Kind kind, String path) {
  /** The kinds of operations. */
  public enum Kind {
    /** Reads attributes. */
    STAT,
    /** Checks permissions. */
    ACCESS,
    /** Resolves symbolic links. */
    REAL_PATH,
    /** Opens a file or a directory that exists. */
    OPEN,
    /** Creates a file, and opens it. */
    CREATE,
    /** Opens a directory to list it. */
    LIST,
    /** Reads the entries of a directory. */
    NEXT_ENTRY,
    /** Reads from a file. */
    READ,
    /** Writes to a file. */
    WRITE,
    /** Makes a file shorter, or opens it and makes it empty. */
    TRUNCATE,
    /** Changes permissions. */
    SET_MODE,
    /** Changes the owner or the group. */
    SET_OWNER,
    /** Makes the data of a file durable (fsync, fdatasync). */
    SYNC_FILE,
    /** Makes the names in a directory durable. */
    SYNC_DIRECTORY,
    /** Closes a file or a directory. */
    CLOSE,
    /** Tries to lock a file. */
    LOCK,
    /** Renames a file. */
    RENAME,
    /** Gives a file a second name. */
    LINK,
    /** Deletes a file or an empty directory. */
    UNLINK,
    /** Creates a directory. */
    MAKE_DIRECTORY;

    /** {@return whether it changes what a disk holds, or what it holds for sure} */
    boolean isChange() {
      return switch (this) {
        case CREATE,
            WRITE,
            TRUNCATE,
            SET_MODE,
            SET_OWNER,
            SYNC_FILE,
            SYNC_DIRECTORY,
            RENAME,
            LINK,
            UNLINK,
            MAKE_DIRECTORY -> true;
        case STAT, ACCESS, REAL_PATH, OPEN, LIST, NEXT_ENTRY, READ, CLOSE, LOCK -> false;
      };
    }
  }

  @Override
  public String toString() {
    return "%d %s %s".formatted(index, kind.name().toLowerCase(Locale.ROOT), path);
  }
}

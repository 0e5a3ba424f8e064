package io.kubesolo.update.persist.disk;

/**
 * One thing that a process asked of the disk.
 *
 * @param index how many it asked before
 * @param kind what it asked
 * @param path of what
 */
public record Operation(int index, Kind kind, String path) {
  /** The kinds of things that can be asked. */
  public enum Kind {
    STAT,
    ACCESS,
    REAL_PATH,
    OPEN,
    CREATE,
    LIST,
    NEXT_ENTRY,
    READ,
    WRITE,
    TRUNCATE,
    SET_MODE,
    SET_OWNER,
    SYNC_FILE,
    SYNC_DIRECTORY,
    CLOSE,
    LOCK,
    RENAME,
    UNLINK,
    MAKE_DIRECTORY;

    /** {@return whether an interrupt of the thread closes the channel that does this} */
    public boolean isInterruptible() {
      return this == WRITE || this == SYNC_FILE || this == SYNC_DIRECTORY;
    }

    /** {@return whether it changes what a disk holds, or what it holds for sure} */
    public boolean isChange() {
      return switch (this) {
        case CREATE,
            WRITE,
            TRUNCATE,
            SET_MODE,
            SET_OWNER,
            SYNC_FILE,
            SYNC_DIRECTORY,
            RENAME,
            UNLINK,
            MAKE_DIRECTORY -> true;
        case STAT, ACCESS, REAL_PATH, OPEN, LIST, NEXT_ENTRY, READ, CLOSE, LOCK -> false;
      };
    }
  }
}

package io.kubesolo.update.persist.disk;

/** What a disk may be told to do wrong: the mistakes of a writer, planted below it. */
public enum Lie {
  /** A sync of a file does nothing. */
  FILE_SYNC,
  /** A sync of a directory does nothing. */
  DIRECTORY_SYNC,
  /** A rename over a file unlinks that first. */
  ATOMIC_RENAME,
  /** A lock is granted to everyone. */
  LOCK
}

package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/**
 * A directory as it was at one moment. Its attributes are read in one call, because a durable event
 * needs several of them.
 *
 * <p>Immutable.
 */
final class Directory {
  private static final int ROOT = 0;

  private final Path path;
  private final Map<String, Object> attributes;

  private Directory(Path path, Map<String, Object> attributes) {
    this.path = path;
    this.attributes = attributes;
  }

  /** Reads the attributes of a directory; a symbolic link is followed. */
  static Directory read(Path path) throws IOException {
    return new Directory(path, Files.readAttributes(path, "unix:fileKey,lastModifiedTime,uid,gid"));
  }

  /** Returns the path that was read. */
  Path path() {
    return path;
  }

  /** Returns what tells this directory from others of this machine. */
  Object key() {
    return known("fileKey");
  }

  /** Returns when a name in it last changed, as exactly as the file system keeps it. */
  FileTime lastChange() {
    return (FileTime) known("lastModifiedTime");
  }

  /**
   * Gives what root created to the owner of this directory, so that a service which owns the
   * directory can use it. A file that has a second name is refused: the owner of the directory may
   * have put it there, to be given a file of root's.
   *
   * @param created what this process has just created in the directory
   */
  void giveToOwner(Path created) throws IOException {
    if (known("uid").equals(ROOT)) {
      return;
    }
    Map<String, Object> own = Files.readAttributes(created, "unix:uid,nlink", NOFOLLOW_LINKS);
    if (!Objects.equals(own.get("uid"), ROOT)) {
      return;
    }
    if (!Files.isDirectory(created, NOFOLLOW_LINKS) && !Objects.equals(own.get("nlink"), 1)) {
      throw new FileSystemException(created.toString(), null, "it was replaced by a hard link");
    }
    Files.setAttribute(created, "unix:gid", known("gid"), NOFOLLOW_LINKS);
    Files.setAttribute(created, "unix:uid", known("uid"), NOFOLLOW_LINKS);
  }

  private Object known(String attribute) {
    return Objects.requireNonNull(attributes.get(attribute), attribute);
  }
}

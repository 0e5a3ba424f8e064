package io.kubesolo.update.persist.disk;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/** The type, the permissions, the owner and the time of the last change of a file. */
record SimulatedAttributes(
    Class<? extends Node> type,
    boolean isSymbolicLink,
    long size,
    String mode,
    FileTime lastModifiedTime,
    Object fileKey)
    implements PosixFileAttributes {
  static SimulatedAttributes of(Node node) {
    long size = node instanceof Node.PlainFile file ? file.size() : 0;
    return new SimulatedAttributes(
        node.getClass(), node.link().isDefined(), size, node.mode, node.lastChange(), node.key);
  }

  @Override
  public boolean isRegularFile() {
    return type == Node.PlainFile.class;
  }

  @Override
  public boolean isDirectory() {
    return type == Node.Directory.class;
  }

  @Override
  public boolean isOther() {
    return type == Node.Fixed.class && !isSymbolicLink;
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    return PosixFilePermissions.fromString(mode);
  }

  @Override
  public FileTime lastAccessTime() {
    return lastModifiedTime;
  }

  @Override
  public FileTime creationTime() {
    return lastModifiedTime;
  }

  @Override
  public UserPrincipal owner() {
    throw new UnsupportedOperationException("the owner by name is not simulated; read unix:uid");
  }

  @Override
  public GroupPrincipal group() {
    throw new UnsupportedOperationException("the group by name is not simulated; read unix:gid");
  }

  /** A view that reads attributes and sets permissions. */
  abstract static class View implements PosixFileAttributeView {
    @Override
    public String name() {
      return "posix";
    }

    @Override
    public void setTimes(FileTime modified, FileTime accessed, FileTime created) {
      throw new UnsupportedOperationException("setting times is not simulated");
    }

    @Override
    public UserPrincipal getOwner() {
      throw new UnsupportedOperationException("the owner by name is not simulated; read unix:uid");
    }

    @Override
    public void setOwner(UserPrincipal owner) {
      throw new UnsupportedOperationException("an owner by name is not simulated; set unix:uid");
    }

    @Override
    public void setGroup(GroupPrincipal group) {
      throw new UnsupportedOperationException("a group by name is not simulated; set unix:gid");
    }
  }
}

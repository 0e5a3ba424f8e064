package io.kubesolo.update.persist.disk;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/** What a file is, who may do what with it, and when it last changed. */
record SimulatedAttributes(Image image, String mode, FileTime lastModifiedTime, Object fileKey)
    implements PosixFileAttributes {
  @Override
  public boolean isRegularFile() {
    return image instanceof Image.Plain;
  }

  @Override
  public boolean isDirectory() {
    return image instanceof Image.Directory;
  }

  @Override
  public boolean isSymbolicLink() {
    return image instanceof Image.Link;
  }

  @Override
  public boolean isOther() {
    return image instanceof Image.Special;
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    return PosixFilePermissions.fromString(mode);
  }

  @Override
  public long size() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileTime lastAccessTime() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileTime creationTime() {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipal owner() {
    throw new UnsupportedOperationException();
  }

  @Override
  public GroupPrincipal group() {
    throw new UnsupportedOperationException();
  }

  /** A view that sets rights and no more. */
  abstract static class View implements PosixFileAttributeView {
    @Override
    public String name() {
      throw new UnsupportedOperationException();
    }

    @Override
    public PosixFileAttributes readAttributes() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setTimes(FileTime modified, FileTime accessed, FileTime created) {
      throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipal getOwner() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setOwner(UserPrincipal owner) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setGroup(GroupPrincipal group) {
      throw new UnsupportedOperationException();
    }
  }
}

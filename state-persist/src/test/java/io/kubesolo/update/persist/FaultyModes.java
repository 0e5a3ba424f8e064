package io.kubesolo.update.persist;

import io.kubesolo.update.persist.FaultyFileSystem.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mode of a file in a file system in which faults strike.
 *
 * @param system the file system
 * @param path the file
 * @param real its attributes on the machine's own file system
 */
record FaultyModes(FaultyFileSystem system, Path path, PosixFileAttributeView real)
    implements PosixFileAttributeView {
  @Override
  public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
    system.call(Kind.CHMOD, path, () -> {
      real.setPermissions(permissions);
      return path;
    });
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public PosixFileAttributes readAttributes() {
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

  @Override
  public void setTimes(
      @Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created) {
    throw new UnsupportedOperationException();
  }
}

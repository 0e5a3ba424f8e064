package io.kubesolo.update.persist.disk;

import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** Tells the type of the file system, and no more. */
final class SimulatedStore extends FileStore {
  private final String type;

  SimulatedStore(String type) {
    this.type = type;
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isReadOnly() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long getTotalSpace() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long getUsableSpace() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long getUnallocatedSpace() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> view) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> view) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Object getAttribute(String attribute) {
    throw new UnsupportedOperationException();
  }
}

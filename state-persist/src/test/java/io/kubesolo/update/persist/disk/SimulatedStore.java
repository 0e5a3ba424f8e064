package io.kubesolo.update.persist.disk;

import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** Returns the type of the file system. Other operations are not supported. */
final class SimulatedStore extends FileStore {
  private final String type;

  SimulatedStore(String type) {
    this.type = type;
  }

  private static UnsupportedOperationException notSimulated() {
    return new UnsupportedOperationException("of a file store only the type is simulated");
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public long getTotalSpace() {
    throw notSimulated();
  }

  @Override
  public long getUsableSpace() {
    throw notSimulated();
  }

  @Override
  public long getUnallocatedSpace() {
    throw notSimulated();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> view) {
    throw notSimulated();
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    throw notSimulated();
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> view) {
    throw notSimulated();
  }

  @Override
  public Object getAttribute(String attribute) {
    throw notSimulated();
  }
}

package io.kubesolo.update.persist;

import io.kubesolo.update.persist.FaultyFileSystem.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An open file or directory of a file system in which faults strike. */
final class FaultyChannel extends FileChannel {
  private final FaultyFileSystem system;
  private final Path path;
  private final FileChannel real;

  FaultyChannel(FaultyFileSystem system, Path path, FileChannel real) {
    this.system = system;
    this.path = path;
    this.real = real;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    bytes.limit(bytes.position() + Math.min(bytes.remaining(), system.longestWrite()));
    try {
      return system.call(Kind.WRITE, path, () -> real.write(bytes));
    } finally {
      bytes.limit(end);
    }
  }

  @Override
  public void force(boolean metadata) throws IOException {
    system.call(Kind.SYNC, path, () -> {
      real.force(metadata);
      return path;
    });
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    FileLock[] lock = {null};
    system.call(Kind.LOCK, path, () -> lock[0] = real.tryLock(position, size, shared));
    return lock[0];
  }

  /** Closes it without a fault. */
  void abandon() throws IOException {
    real.close();
  }

  /** As on Linux, a descriptor is gone even where closing it failed. */
  @Override
  protected void implCloseChannel() throws IOException {
    try {
      system.call(Kind.CLOSE, path, () -> path);
    } finally {
      real.close();
    }
  }

  @Override
  public int read(ByteBuffer bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] buffers, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] buffers, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long size() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}

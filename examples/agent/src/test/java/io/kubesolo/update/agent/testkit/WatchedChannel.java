package io.kubesolo.update.agent.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;

/** A file that is written in halves; each half is a change of its own. */
final class WatchedChannel extends BasicChannel {
  private final WatchedFileSystem system;
  private final Path path;
  private final FileChannel real;

  WatchedChannel(WatchedFileSystem system, Path path, FileChannel real) {
    this.system = system;
    this.path = path;
    this.real = real;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    int written = 0;
    int half = bytes.remaining() / 2;
    if (half > 0) {
      bytes.limit(bytes.position() + half);
      written = system.change(path, () -> real.write(bytes));
      bytes.limit(end);
    }
    return written + system.change(path, () -> real.write(bytes));
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    if (size < real.size()) {
      system.change(path, () -> real.truncate(size));
    }
    return this;
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return real.read(bytes);
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    return real.read(bytes, position);
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public void force(boolean metadata) throws IOException {
    system.synced(path);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return real.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }
}

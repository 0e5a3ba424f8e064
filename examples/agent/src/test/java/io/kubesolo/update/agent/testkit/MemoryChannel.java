package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.agent.testkit.MemoryFiles.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.Arrays;

/** An open file in memory. */
final class MemoryChannel extends BasicChannel {
  private final MemoryFiles.Node node;
  private int position;

  MemoryChannel(MemoryFiles.Node node) {
    this.node = node;
  }

  @Override
  public int read(ByteBuffer bytes) {
    int count = read(bytes, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public int read(ByteBuffer bytes, long from) {
    byte[] content = node.content.bytes();
    int count = (int) Math.min(bytes.remaining(), content.length - from);
    if (count <= 0) {
      return bytes.hasRemaining() ? -1 : 0;
    }
    bytes.put(content, (int) from, count);
    return count;
  }

  @Override
  public int write(ByteBuffer bytes) {
    int count = bytes.remaining();
    byte[] old = node.content.bytes();
    byte[] content = Arrays.copyOf(old, Math.max(old.length, position + count));
    bytes.get(content, position, count);
    node.content = new Content(content);
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long newPosition) {
    position = (int) newPosition;
    return this;
  }

  @Override
  public long size() {
    return node.content.size();
  }

  @Override
  public FileChannel truncate(long size) {
    if (size < node.content.size()) {
      node.content = new Content(Arrays.copyOf(node.content.bytes(), (int) size));
    }
    position = (int) Math.min(position, size);
    return this;
  }

  @Override
  public void force(boolean metadata) {}

  @Override
  public FileLock lock(long from, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long from, long size, boolean shared) {
    FileChannel locker = node.locker;
    if (locker != null && locker.isOpen()) {
      throw new OverlappingFileLockException();
    }
    node.locker = this;
    return new FileLock(this, from, size, shared) {
      @Override
      public boolean isValid() {
        return isOpen();
      }

      @Override
      public void release() throws IOException {
        throw new UnsupportedOperationException();
      }
    };
  }

  @Override
  protected void implCloseChannel() {}
}

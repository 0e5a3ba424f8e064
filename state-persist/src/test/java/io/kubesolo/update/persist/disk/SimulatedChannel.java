package io.kubesolo.update.persist.disk;

import io.kubesolo.update.persist.disk.Fault.Refusal;
import io.kubesolo.update.persist.disk.Fault.ShortWrite;
import io.kubesolo.update.persist.disk.Node.PlainFile;
import io.kubesolo.update.persist.disk.Operation.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An open file or directory. An interrupt of its thread closes it, as it does a real one. */
final class SimulatedChannel extends FileChannel {
  private final SimulatedProcess process;
  private final SimulatedPath path;
  private final Node node;
  private final boolean writable;
  private int position;

  SimulatedChannel(SimulatedProcess process, SimulatedPath path, Node node, boolean writable) {
    this.process = process;
    this.path = path;
    this.node = node;
    this.writable = writable;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (!writable || !(node instanceof PlainFile file)) {
      throw new NonWritableChannelException();
    }
    Operation operation = begin(Kind.WRITE);
    Fault fault = process.fault(operation);
    strike(fault, false, operation);
    int count = source.remaining();
    byte[] bytes = new byte[fault instanceof ShortWrite ? (count + 1) / 2 : count];
    source.get(bytes);
    byte[] content =
        Arrays.copyOf(file.content, Math.max(file.content.length, position + bytes.length));
    System.arraycopy(bytes, 0, content, position, bytes.length);
    file.content = content;
    position += bytes.length;
    strike(fault, true, operation);
    return bytes.length;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    boolean directory = node instanceof Node.Directory;
    Operation operation = begin(directory ? Kind.SYNC_DIRECTORY : Kind.SYNC_FILE);
    if (!metaData) {
      throw new UnsupportedOperationException("a sync without the metadata");
    }
    Fault fault = process.fault(operation);
    if (fault instanceof Refusal) {
      node.forget();
    }
    strike(fault, false, operation);
    if (!(fault instanceof Refusal)) {
      node.sync();
    }
    strike(fault, true, operation);
  }

  @Override
  public @Nullable FileLock tryLock(long start, long size, boolean shared) throws IOException {
    if (shared || start != 0 || size != Long.MAX_VALUE) {
      throw new UnsupportedOperationException("a lock that is not exclusive and whole");
    }
    Operation operation = begin(Kind.LOCK);
    Fault fault = process.fault(operation);
    if (process.disk().locks.get(node) == process) {
      throw new OverlappingFileLockException();
    }
    if (fault != null) {
      process.strike(fault, operation, null);
    }
    return process.disk().locks.putIfAbsent(node, process) == null ? new Lock(this) : null;
  }

  private Operation begin(Kind kind) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    return process.begin(kind, path);
  }

  /** Does what a fault does now, and what an interrupt does to a channel in use. */
  private void strike(@Nullable Fault fault, boolean late, Operation operation) throws IOException {
    if (fault != null && fault.late() == late) {
      process.strike(fault, operation, null);
    }
    if (Thread.currentThread().isInterrupted()) {
      close();
      throw new ClosedByInterruptException();
    }
  }

  /** Whatever goes wrong, the descriptor is gone, and with it this process's lock on the file. */
  @Override
  protected void implCloseChannel() throws IOException {
    Operation operation = process.begin(Kind.CLOSE, path);
    process.disk().locks.remove(node, process);
    Fault fault = process.fault(operation);
    if (fault != null) {
      process.strike(fault, operation, null);
    }
  }

  private static final class Lock extends FileLock {
    Lock(FileChannel channel) {
      super(channel, 0, Long.MAX_VALUE, false);
    }

    @Override
    public boolean isValid() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void release() {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public int read(ByteBuffer target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long newPosition) {
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
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long from, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer target, long from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source, long to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long start, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}

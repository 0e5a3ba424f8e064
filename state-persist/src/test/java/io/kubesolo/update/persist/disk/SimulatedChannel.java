package io.kubesolo.update.persist.disk;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.persist.disk.Fault.IoFault;
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
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An open file or directory. An interrupt of its thread closes it, as it does a real one. */
final class SimulatedChannel extends FileChannel {
  private static final int PIECE = 8192;

  private final SimulatedProcess process;
  private final SimulatedPath path;
  private final Node node;
  private final boolean readable;
  private final boolean writable;
  private final boolean appends;
  private int position;

  SimulatedChannel(
      SimulatedProcess process, SimulatedPath path, Node node, Set<? extends OpenOption> options) {
    this.process = process;
    this.path = path;
    this.node = node;
    this.appends = options.contains(APPEND);
    this.writable = options.contains(WRITE) || appends;
    this.readable = options.contains(READ) || !writable;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = write(source, appends ? size() : position);
    position = appends ? (int) size() : position + count;
    return count;
  }

  @Override
  public int write(ByteBuffer source, long to) throws IOException {
    PlainFile file = writableFile();
    Operation operation = begin(Kind.WRITE);
    Fault fault = process.fault(operation);
    strike(fault, false, operation);
    int count = source.remaining();
    byte[] bytes = new byte[fault instanceof ShortWrite ? (count + 1) / 2 : count];
    source.get(bytes);
    file.write(Math.toIntExact(to), bytes);
    strike(fault, true, operation);
    return bytes.length;
  }

  private PlainFile writableFile() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (!writable || !(node instanceof PlainFile file)) {
      throw new NonWritableChannelException();
    }
    return file;
  }

  private PlainFile readableFile() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (!readable) {
      throw new NonReadableChannelException();
    }
    if (node instanceof PlainFile file) {
      return file;
    }
    throw new FileSystemException(path.toString(), null, "Is a directory");
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = read(target, position);
    position += Math.max(count, 0);
    return count;
  }

  @Override
  public int read(ByteBuffer target, long from) throws IOException {
    PlainFile file = readableFile();
    Operation operation = begin(Kind.READ);
    Fault fault = process.fault(operation);
    strike(fault, false, operation);
    byte[] bytes = new byte[target.remaining()];
    int count = file.read(Math.toIntExact(from), bytes, 0, bytes.length);
    if (count > 0) {
      target.put(bytes, 0, count);
    }
    strike(fault, true, operation);
    return count;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    PlainFile file = writableFile();
    Operation operation = begin(Kind.TRUNCATE);
    Fault fault = process.fault(operation);
    strike(fault, false, operation);
    file.truncate((int) Math.min(size, Integer.MAX_VALUE));
    position = Math.min(position, file.size());
    strike(fault, true, operation);
    return this;
  }

  /** Syncs the file. Without the metadata its mode is not durable; its size is. */
  @Override
  public void force(boolean metadata) throws IOException {
    boolean directory = node instanceof Node.Directory;
    Operation operation = begin(directory ? Kind.SYNC_DIRECTORY : Kind.SYNC_FILE);
    Fault fault = process.fault(operation);
    if (fault instanceof IoFault) {
      node.forget();
    }
    strike(fault, false, operation);
    if (!(fault instanceof IoFault)) {
      node.sync(metadata);
    }
    strike(fault, true, operation);
  }

  @Override
  public @Nullable FileLock tryLock(long start, long size, boolean shared) throws IOException {
    if (shared || start != 0 || size != Long.MAX_VALUE) {
      throw new UnsupportedOperationException(
          "only locks are simulated that are exclusive and on the whole file");
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

  @Override
  public FileLock lock(long start, long size, boolean shared) throws IOException {
    FileLock lock = tryLock(start, size, shared);
    if (lock == null) {
      throw new IllegalStateException(
          path + " is locked by another process, which will not go on while this one waits");
    }
    return lock;
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

  /** Closes the descriptor and releases the locks of its process even if the close fails. */
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
    private final SimulatedChannel channel;

    Lock(SimulatedChannel channel) {
      super(channel, 0, Long.MAX_VALUE, false);
      this.channel = channel;
    }

    @Override
    public boolean isValid() {
      return channel.isOpen() && channel.process.disk().locks.get(channel.node) == channel.process;
    }

    @Override
    public void release() throws IOException {
      if (!channel.isOpen()) {
        throw new ClosedChannelException();
      }
      channel.process.disk().locks.remove(channel.node, channel.process);
    }
  }

  @Override
  public long position() throws IOException {
    size();
    return position;
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    size();
    position = Math.toIntExact(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    return node instanceof PlainFile file ? file.size() : 0;
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    long all = 0;
    for (int i = offset; i < offset + length; i++) {
      int count = targets[i].hasRemaining() ? read(targets[i]) : 0;
      if (count < 0) {
        return all == 0 ? -1 : all;
      }
      all += count;
    }
    return all;
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    long all = 0;
    for (int i = offset; i < offset + length; i++) {
      all += sources[i].hasRemaining() ? write(sources[i]) : 0;
    }
    return all;
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, PIECE));
    if (read(piece, from) <= 0) {
      return 0;
    }
    return target.write(piece.flip());
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long from, long count) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, PIECE));
    if (source.read(piece) <= 0) {
      return 0;
    }
    return write(piece.flip(), from);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) {
    throw new UnsupportedOperationException("mapping a file into memory is not simulated");
  }
}

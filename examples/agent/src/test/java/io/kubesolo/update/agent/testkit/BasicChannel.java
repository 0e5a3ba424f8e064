package io.kubesolo.update.agent.testkit;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file channel without the operations that no code of the agent uses. A test fails if the code begins
 * to use one, so that it is added to each channel.
 */
abstract class BasicChannel extends FileChannel {
  @Override
  public final long read(ByteBuffer[] buffers, int offset, int length) {
    throw unused();
  }

  @Override
  public final long write(ByteBuffer[] buffers, int offset, int length) {
    throw unused();
  }

  @Override
  public final int write(ByteBuffer bytes, long position) {
    throw unused();
  }

  @Override
  public final long transferTo(long position, long count, WritableByteChannel target) {
    throw unused();
  }

  @Override
  public final long transferFrom(ReadableByteChannel source, long position, long count) {
    throw unused();
  }

  @Override
  public final MappedByteBuffer map(MapMode mode, long position, long size) {
    throw unused();
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException("the channels of these tests lack this operation");
  }
}

package io.kubesolo.update.agent.testkit;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk with a volatile write cache, which a machine or the kernel reaches by the NBD protocol. What the machine has
 * written and not flushed is in memory, and is lost in whole or in part when the power fails. The power
 * can fail at a chosen request.
 */
public final class VolatileDisk {
  /** When the disk writes data. */
  private static final int BLOCK = 4096;

  private static final long GREETING = 0x4e42444d41474943L;
  private static final long OPTION = 0x49484156454f5054L;
  private static final long OPTION_REPLY = 0x3e889045565a9L;
  private static final int REQUEST = 0x25609513;
  private static final int REPLY = 0x67446698;

  /** Fixed newstyle negotiation, without zeroes behind it. */
  private static final int NEGOTIATION = 1 | 2;

  private static final int OPTION_ABORT = 2;
  private static final int OPTION_GO = 7;
  private static final int ACKNOWLEDGED = 1;
  private static final int INFORMATION = 3;
  private static final int UNSUPPORTED = 0x80000001;
  private static final int EXPORT = 0;
  private static final int EXPORT_BYTES = 2 + 8 + 2;
  /** The flags of the export: there are flags, and one says that flushes are supported. */
  private static final int FLAGS = 1 | 4;

  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int DISCONNECT = 2;
  private static final int FLUSH = 3;
  private static final int DONE = 0;
  private static final int INVALID = 22;

  private final RandomAccessFile file;
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Map<Long, byte[]> cache = new TreeMap<>();
  private final CountDownLatch powerFailure = new CountDownLatch(1);
  private final CountDownLatch switchedOff = new CountDownLatch(1);
  private final CompletableFuture<Void> served;
  private long lastChange = Long.MAX_VALUE;
  private long changes;
  private volatile @Nullable Socket machine;

  /** Serves the image of a disk to one machine. */
  public VolatileDisk(Path image) throws IOException {
    file = new RandomAccessFile(image.toFile(), "rw");
    served = CompletableFuture.runAsync(this::serve, work -> {
      Thread thread = new Thread(work, "volatile disk");
      thread.setDaemon(true);
      thread.start();
    });
  }

  /**
   * Lets the power fail at a later write or flush: the disk still does it, and then answers nothing, so
   * that the machine waits until it is switched off. Called while no request is under way.
   *
   * @param more how many writes and flushes it does until then, at least 1
   */
  public synchronized void failAfter(long more) {
    lastChange = changes + more;
  }

  private synchronized void changed() {
    changes++;
  }

  private synchronized boolean isPowered() {
    return changes < lastChange;
  }

  /** Returns the address, as QEMU and nbdfuse take it. */
  public String address() {
    return "nbd://127.0.0.1:" + server.getLocalPort();
  }

  /** Waits, and returns whether the power has failed. */
  public boolean awaitPowerFailure(long millis) throws InterruptedException {
    return powerFailure.await(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Switches the disk off.
   *
   * @param survives whether the next block that was written and not flushed is on the disk nevertheless
   */
  public void switchOff(BooleanSupplier survives) throws IOException {
    switchedOff.countDown();
    server.close();
    Socket socket = machine;
    if (socket != null) {
      socket.close();
    }
    served.join();
    cache.keySet().removeIf(block -> !survives.getAsBoolean());
    flush();
    file.close();
  }

  private void serve() {
    try (Socket socket = server.accept();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()))) {
      machine = socket;
      socket.setTcpNoDelay(true);
      if (negotiate(in, out)) {
        while (isPowered() && answer(in, out)) {
          out.flush();
        }
      }
      if (!isPowered()) {
        powerFailure.countDown();
        switchedOff.await();
      }
    } catch (EOFException | SocketException | InterruptedException e) {
      // The machine was killed, or the disk was switched off before it was used.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether the machine continues with requests. */
  private boolean negotiate(DataInputStream in, DataOutputStream out) throws IOException {
    out.writeLong(GREETING);
    out.writeLong(OPTION);
    out.writeShort(NEGOTIATION);
    out.flush();
    in.readInt();
    while (true) {
      in.readLong();
      int option = in.readInt();
      in.skipNBytes(in.readInt());
      if (option == OPTION_GO) {
        replyTo(out, option, INFORMATION, EXPORT_BYTES);
        out.writeShort(EXPORT);
        out.writeLong(file.length());
        out.writeShort(FLAGS);
      }
      boolean known = option == OPTION_GO || option == OPTION_ABORT;
      replyTo(out, option, known ? ACKNOWLEDGED : UNSUPPORTED, 0);
      out.flush();
      if (known) {
        return option == OPTION_GO;
      }
    }
  }

  private static void replyTo(DataOutputStream out, int option, int reply, int length)
      throws IOException {
    out.writeLong(OPTION_REPLY);
    out.writeInt(option);
    out.writeInt(reply);
    out.writeInt(length);
  }

  /** Answers a request, and returns whether another one may follow. */
  private boolean answer(DataInputStream in, DataOutputStream out) throws IOException {
    if (in.readInt() != REQUEST) {
      throw new IOException("this is no request of the NBD protocol");
    }
    in.readShort();
    int type = in.readShort();
    long cookie = in.readLong();
    long place = in.readLong();
    int length = in.readInt();
    byte[] data = new byte[type == READ || type == WRITE ? length : 0];
    switch (type) {
      case READ -> read(place, data);
      case WRITE -> {
        in.readFully(data);
        write(place, data);
        changed();
      }
      case FLUSH -> {
        flush();
        changed();
      }
      case DISCONNECT -> {
        return false;
      }
      default -> {}
    }
    if (isPowered()) {
      out.writeInt(REPLY);
      out.writeInt(type == READ || type == WRITE || type == FLUSH ? DONE : INVALID);
      out.writeLong(cookie);
      if (type == READ) {
        out.write(data);
      }
    }
    return true;
  }

  private void read(long place, byte[] data) throws IOException {
    readFile(place, data);
    forEachBlock(place, data, (block, from, at, length) -> {
      byte[] written = cache.get(block);
      if (written != null) {
        System.arraycopy(written, from, data, at, length);
      }
    });
  }

  private void write(long place, byte[] data) throws IOException {
    forEachBlock(place, data, (block, from, at, length) -> {
      byte[] written = cache.get(block);
      if (written == null) {
        written = new byte[BLOCK];
        readFile(block * BLOCK, written);
        cache.put(block, written);
      }
      System.arraycopy(data, at, written, from, length);
    });
  }

  private void readFile(long place, byte[] data) throws IOException {
    file.seek(place);
    file.readFully(data);
  }

  private void flush() throws IOException {
    for (Map.Entry<Long, byte[]> block : cache.entrySet()) {
      file.seek(block.getKey() * BLOCK);
      file.write(block.getValue());
    }
    cache.clear();
  }

  /** Does something with the part of a block that data has. */
  @FunctionalInterface
  private interface BlockPart {
    void with(long block, int from, int at, int length) throws IOException;
  }

  private static void forEachBlock(long place, byte[] data, BlockPart part) throws IOException {
    for (int at = 0; at < data.length; ) {
      int from = (int) ((place + at) % BLOCK);
      int length = Math.min(BLOCK - from, data.length - at);
      part.with((place + at) / BLOCK, from, at, length);
      at += length;
    }
  }
}

package io.kubesolo.update.persist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy that counts the bytes in each direction and cuts the connection after a number of them,
 * without passing the rest on. One connection at a time is counted.
 */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private volatile long sentLimit = Long.MAX_VALUE;
  private volatile long receivedLimit = Long.MAX_VALUE;

  CuttingProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts the next connections after a number of bytes to the server, or from it. */
  void cutAfter(long toServer, long fromServer) {
    sent.set(0);
    received.set(0);
    sentLimit = toServer;
    receivedLimit = fromServer;
  }

  /** Cuts no more. */
  void heal() {
    cutAfter(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  long sent() {
    return sent.get();
  }

  long received() {
    return received.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        start(() -> pump(client, server, sent, true));
        start(() -> pump(server, client, received, false));
      } catch (IOException e) {
        if (listener.isClosed()) {
          return;
        }
      }
    }
  }

  private void pump(Socket from, Socket to, AtomicLong count, boolean toServer) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        long limit = toServer ? sentLimit : receivedLimit;
        // Counted before it is passed on: who has got the answer finds it counted.
        long rest = Math.min(n, limit - count.getAndAdd(n));
        out.write(buffer, 0, (int) Math.max(0, rest));
        if (rest < n) {
          return;
        }
      }
    } catch (IOException e) {
      // Either side closed the connection.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;

/** Reads the last non-blank line of a stream of any length, on a thread of its own. */
final class LastOutputLine implements Runnable {
  private static final int MAX_LENGTH = 300;
  private static final int BLOCK = 8192;

  private final Reader reader;
  private final Thread thread = new Thread(this, "command output");
  private final StringBuilder line = new StringBuilder();
  private String last = "";

  private LastOutputLine(InputStream in) {
    reader = new InputStreamReader(in, UTF_8);
  }

  static LastOutputLine of(InputStream in) {
    LastOutputLine output = new LastOutputLine(in);
    output.thread.setDaemon(true);
    output.thread.start();
    return output;
  }

  /**
   * Waits until the stream has ended or the time is up, and returns the line after a colon; empty
   * without output.
   */
  String after(long millis) throws InterruptedException {
    thread.join(millis);
    return now();
  }

  /** Returns the line so far, after a colon; empty without output. */
  synchronized String now() {
    String latest = line.toString().isBlank() ? last : line.toString().strip();
    return latest.isEmpty() ? "" : ": " + latest;
  }

  @Override
  public void run() {
    try {
      char[] block = new char[BLOCK];
      for (int length = reader.read(block); length >= 0; length = reader.read(block)) {
        append(block, length);
      }
    } catch (IOException e) {
      brokenOff();
    }
  }

  private synchronized void brokenOff() {
    line.append(" (output broken off)");
  }

  private synchronized void append(char[] block, int length) {
    for (int i = 0; i < length; i++) {
      append(block[i]);
    }
  }

  private void append(char c) {
    if (c == '\n') {
      last = line.toString().isBlank() ? last : line.toString().strip();
      line.setLength(0);
    } else if (line.length() < MAX_LENGTH) {
      line.append(c);
    }
  }
}

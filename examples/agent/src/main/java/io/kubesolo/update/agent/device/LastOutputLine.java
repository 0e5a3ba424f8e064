package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;

/** The last line that is not blank of a stream of any length, read by a thread of its own. */
final class LastOutputLine implements Runnable {
  private static final int MAX_LENGTH = 300;

  private final BufferedReader reader;
  private final Thread thread = new Thread(this, "health check output");
  private final StringBuilder line = new StringBuilder();
  private volatile String last = "";

  private LastOutputLine(InputStream in) {
    reader = new BufferedReader(new InputStreamReader(in, UTF_8));
  }

  static LastOutputLine of(InputStream in) {
    LastOutputLine output = new LastOutputLine(in);
    output.thread.setDaemon(true);
    output.thread.start();
    return output;
  }

  /** The line, after a colon; empty where there is none yet after the time. */
  String after(long millis) throws InterruptedException {
    thread.join(millis);
    return last.isEmpty() ? "" : ": " + last;
  }

  @Override
  public void run() {
    try {
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c == '\n') {
          endLine();
        } else if (line.length() < MAX_LENGTH) {
          line.append((char) c);
        }
      }
    } catch (IOException e) {
      line.append(" (output broken off)");
    }
    endLine();
  }

  private void endLine() {
    if (!line.toString().isBlank()) {
      last = line.toString().strip();
    }
    line.setLength(0);
  }
}

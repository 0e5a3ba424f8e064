package io.kubesolo.update.agent.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The serial port of an emulated device: what it writes there, and what is typed to it. */
final class SerialConsole {
  private static final int SHOWN = 4000;

  private final OutputStream input;
  private final StringBuilder text = new StringBuilder();
  private int seen;
  private boolean ended;

  /**
   * Reads all output on a thread of its own.
   *
   * @param log the file that the output is appended to
   */
  SerialConsole(InputStream output, OutputStream input, Path log) throws IOException {
    this.input = input;
    OutputStream copy =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Thread reader = new Thread(() -> read(output, copy), "serial console");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream output, OutputStream log) {
    byte[] buffer = new byte[8192];
    try (log) {
      for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
        log.write(buffer, 0, read);
        log.flush();
        append(new String(buffer, 0, read, ISO_8859_1).replace("\r", ""));
      }
    } catch (IOException e) {
      append("<console: " + e + ">");
    } finally {
      end();
    }
  }

  private synchronized void append(String part) {
    text.append(part);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Returns all output, once the machine is off. */
  synchronized String text() throws InterruptedException {
    while (!ended) {
      wait();
    }
    return text.toString();
  }

  /** Types a line. */
  void type(String line) throws IOException {
    input.write((line + "\n").getBytes(ISO_8859_1));
    input.flush();
  }

  /** Returns the next match in what was not matched before, if it is there. */
  synchronized Optional<MatchResult> next(Pattern pattern) {
    return next(pattern, new StringBuilder());
  }

  private Optional<MatchResult> next(Pattern pattern, StringBuilder before) {
    Matcher matcher = pattern.matcher(text.substring(seen));
    if (!matcher.find()) {
      return Optional.empty();
    }
    before.append(text, seen, seen + matcher.start());
    seen += matcher.end();
    return Optional.of(matcher.toMatchResult());
  }

  /**
   * Waits for a match in what was not matched before. The next one is looked for behind it.
   *
   * @param limit how long
   * @param before takes the output between the last match and this one
   */
  synchronized MatchResult await(Pattern pattern, Duration limit, StringBuilder before)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<MatchResult> next = next(pattern, before);
      if (next.isPresent()) {
        return next.get();
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (ended || left <= 0) {
        String reason = ended ? "the machine is off" : "still not there after " + limit;
        throw new AssertionError("%s is awaited on the console, %s:%n%s"
            .formatted(pattern, reason, text.substring(Math.max(0, text.length() - SHOWN))));
      }
      wait(left);
    }
  }
}

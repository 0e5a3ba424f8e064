package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** A process that embeds the lifecycle, and sends an event on request. */
public final class Talk implements AutoCloseable {
  private final Process process;
  private final OutputStream in;
  private final BufferedReader out;

  public Talk(Path state) throws IOException {
    process =
        new ProcessBuilder(Embedded.listening(state)).redirectErrorStream(true).start();
    in = process.getOutputStream();
    out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Sends an event, and returns the answer, as {@link Embedded} prints it. */
  public String send() throws IOException {
    in.write('\n');
    in.flush();
    return String.valueOf(out.readLine());
  }

  /** Sends an event, and returns its answer to come. */
  public CompletableFuture<String> begin() {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return send();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  /** Kills the process, and waits for its end. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}

package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vavr.control.Option;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** A stream of results in UTF-8 that knows why it could not be written. */
public final class ResultStream extends PrintStream {
  private final Sink sink;

  public ResultStream(OutputStream target) {
    this(new Sink(target));
  }

  private ResultStream(Sink sink) {
    super(sink, true, UTF_8);
    this.sink = sink;
  }

  /** Returns why output is lost; none if all is written, or if the reader closed the pipe. */
  Option<String> failure() {
    flush();
    Option<String> failure = sink.failure;
    return failure.isDefined() && failure.get().equals("Broken pipe") ? Option.none() : failure;
  }

  private static final class Sink extends FilterOutputStream {
    private Option<String> failure = Option.none();

    Sink(OutputStream target) {
      super(target);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = Option.some(String.valueOf(e.getMessage()));
        throw e;
      }
    }
  }
}

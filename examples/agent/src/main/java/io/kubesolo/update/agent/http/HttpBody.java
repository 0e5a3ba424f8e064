package io.kubesolo.update.agent.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Streams that end where the body of a response ends, and fail if it is cut off before. */
final class HttpBody {
  private HttpBody() {}

  /** Returns the body that follows a head. Without a length, it ends with the connection. */
  static InputStream of(HttpHead head, InputStream in) throws HttpException {
    if (head.chunked()) {
      return new Chunked(in);
    }
    Optional<Long> length = head.length();
    return length.isPresent() ? new Fixed(in, length.get()) : in;
  }

  private abstract static class Counted extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] bytes, int offset, int count) throws IOException;
  }

  private static final class Fixed extends Counted {
    private final InputStream in;
    private final long length;
    private long left;

    Fixed(InputStream in, long length) {
      this.in = in;
      this.length = length;
      this.left = length;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(count, left));
      if (read < 0) {
        throw HttpException.retry("cut off after %d of %d bytes".formatted(length - left, length));
      }
      left -= read;
      return read;
    }
  }

  private static final class Chunked extends Counted {
    private static final int MAX_LINE_BYTES = 8 * 1024;
    private static final Pattern SIZE =
        Pattern.compile("0*([0-9a-fA-F]{1,15})[ \t]*(;.*)?", Pattern.DOTALL);

    private final InputStream in;
    private boolean first = true;
    private boolean over;
    private long left;

    Chunked(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      if (left == 0 && !over) {
        nextChunk();
      }
      if (over) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(count, left));
      if (read < 0) {
        throw HttpException.retry("cut off within a chunk");
      }
      left -= read;
      return read;
    }

    private void nextChunk() throws IOException {
      if (!first && !line().isEmpty()) {
        throw HttpException.retry("malformed answer: a chunk is longer than its size");
      }
      first = false;
      Matcher size = SIZE.matcher(line());
      if (!size.matches()) {
        throw HttpException.retry("malformed answer: a chunk without a size");
      }
      left = Long.parseLong(size.group(1), 16);
      if (left == 0) {
        trailer();
        over = true;
      }
    }

    private String line() throws IOException {
      return new HttpHead.Lines(in, MAX_LINE_BYTES).next();
    }

    private void trailer() throws IOException {
      HttpHead.Lines lines = new HttpHead.Lines(in, HttpHead.MAX_BYTES);
      while (!lines.next().isEmpty()) {
        // Nothing in a trailer is needed here.
      }
    }
  }
}

package io.kubesolo.update.agent.http;

import java.util.Optional;

/**
 * The body of an answer, while it is read.
 *
 * <p>Not safe for use by several threads.
 *
 * @param <X> the exception that ends a wait
 */
public interface Transfer<X extends Exception> extends AutoCloseable {
  /**
   * Returns whether the server sends this as the whole file (status 200). A range (206) says less: it
   * may be one of another file, or another range than it claims to be.
   *
   * @return whether it is the whole file
   */
  boolean isWhole();

  /**
   * Returns the coding with which the body is labelled. One that the file is stored in is meant if
   * the body has the file's size; any other was not asked for.
   *
   * @return its name, if it is labelled
   */
  default Optional<String> coding() {
    return Optional.empty();
  }

  /**
   * Returns where in the file the body starts.
   *
   * @return its offset in the file
   */
  long from();

  /**
   * Returns how many bytes the server says the body has.
   *
   * @return the number of bytes, -1 if the server does not say
   */
  long length();

  /**
   * Reads the next bytes.
   *
   * @param buffer where they go
   * @return how many there are, at least one, or -1 at the end
   * @throws HttpException if the body is cut off, or no byte of it came within the time limit
   * @throws X if {@link Waiting} throws it
   */
  int read(byte[] buffer) throws HttpException, X;

  /** Closes the connection, without waiting for anything. */
  @Override
  void close();
}

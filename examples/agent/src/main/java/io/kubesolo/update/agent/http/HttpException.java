package io.kubesolo.update.agent.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A request that failed. The message says why, without the address. */
public final class HttpException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What can help. */
  public enum Remedy {
    /** The same request a little later: the link, or a server under load. */
    RETRY,
    /**
     * The same request later, once an operator has changed a credential, a certificate or a server.
     */
    WAIT,
    /** Another request: the server does not have what this one asks for. */
    OTHER_REQUEST
  }

  private final Remedy remedy;
  private final transient Optional<Duration> retryAfter;

  private HttpException(Remedy remedy, String problem, Optional<Duration> retryAfter) {
    super(problem);
    this.remedy = remedy;
    this.retryAfter = retryAfter;
  }

  /**
   * Returns a failure that may pass by itself.
   *
   * @param problem what is wrong, for the operator
   * @return the failure
   */
  public static HttpException retry(String problem) {
    return new HttpException(Remedy.RETRY, problem, Optional.empty());
  }

  static HttpException retryAfter(String problem, Optional<Duration> pause) {
    return new HttpException(Remedy.RETRY, problem, pause);
  }

  /**
   * Returns a failure that passes once an operator has changed something.
   *
   * @param problem what is wrong, for the operator
   * @return the failure
   */
  public static HttpException waiting(String problem) {
    return new HttpException(Remedy.WAIT, problem, Optional.empty());
  }

  /**
   * Returns a failure that does not go away if the request is repeated.
   *
   * @param problem what is wrong, for the operator
   * @return the failure
   */
  public static HttpException otherRequest(String problem) {
    return new HttpException(Remedy.OTHER_REQUEST, problem, Optional.empty());
  }

  /** Returns the same failure with another message. */
  HttpException withProblem(UnaryOperator<String> change) {
    return new HttpException(remedy, change.apply(problem()), retryAfter);
  }

  HttpException prefixed(String prefix) {
    return withProblem(problem -> prefix + problem);
  }

  /**
   * Returns what is wrong, for the operator. Text from a server is in it without escapes.
   *
   * @return the message
   */
  public String problem() {
    return String.valueOf(getMessage());
  }

  /**
   * Returns what the operator can do about it.
   *
   * @return the remedy
   */
  public Remedy remedy() {
    return remedy;
  }

  /** Returns how long the server asks its clients to wait, if it says. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}

package io.kubesolo.update.agent.monitor;

import java.time.Duration;

/**
 * The limits of an HTTP server for its clients.
 *
 * @param connections how many clients there may be at once; one more takes the place of the oldest
 * @param streams how many of them may follow the event stream
 * @param request how long a client may take to send the head of its request
 * @param silence how long a client may stop reading what is sent to it
 * @param response how long a client may take to read an answer
 */
record HttpLimits(
    int connections, int streams, Duration request, Duration silence, Duration response) {
  /** Limits for a process that may open 1024 files, and for 64 MB of memory. */
  static final HttpLimits DEFAULT = new HttpLimits(
      256, 32, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(60));
}

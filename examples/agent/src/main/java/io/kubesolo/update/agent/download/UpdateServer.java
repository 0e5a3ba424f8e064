package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Transfer;
import io.kubesolo.update.agent.http.Waiting;
import io.kubesolo.update.agent.io.Failure;
import java.nio.file.Path;

/** A port: the server that the files of an update come from. */
public interface UpdateServer {
  /**
   * Fetches the manifest, which must be signed with the private half of a key.
   *
   * @param verified where the last manifest that was verified is recorded
   * @param waiting called at least once a second while the server is waited for
   */
  default Manifest manifest(Path publicKey, Path verified, Waiting<Failure> waiting)
      throws Failure {
    return Manifest.fetch(this, publicKey, verified, waiting);
  }

  /**
   * Tries once to fetch a whole file of a few bytes.
   *
   * @param waiting called at least once a second while the server is waited for
   */
  byte[] fetch(String name, int maxBytes, Waiting<Failure> waiting) throws HttpException, Failure;

  /**
   * Tries once to open a file for reading from an offset, or from its start if the server does not
   * support that.
   *
   * @param waiting called at least once a second while the server is waited for, here and in reads
   */
  Transfer<Failure> open(String name, long from, Waiting<Failure> waiting)
      throws HttpException, Failure;

  /** Returns how often, and after which pauses, a request is repeated. */
  Retries retries();

  /** Returns the address of a file, for the operator. */
  String address(String name);

  /**
   * Returns the failure for a failed request: {@link Failure.Kind#OFFER} if the requested file is
   * the reason, else {@link Failure.Kind#PASSING}.
   */
  default Failure failure(String name, HttpException e) {
    Failure.Kind kind = switch (e.remedy()) {
      case RETRY, WAIT -> Failure.Kind.PASSING;
      case OTHER_REQUEST -> Failure.Kind.OFFER;
    };
    return Failure.of(kind, address(name) + ": " + e.problem());
  }
}

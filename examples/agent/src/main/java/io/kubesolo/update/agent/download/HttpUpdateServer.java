package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.http.HttpClient;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.HttpSettings;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Transfer;
import io.kubesolo.update.agent.http.Waiting;
import io.kubesolo.update.agent.io.Failure;
import java.net.URI;

/** A folder on any static HTTP server. */
public final class HttpUpdateServer implements UpdateServer {
  private final HttpClient client;
  private final URI folder;
  private final Retries.Sleeper sleeper;

  /**
   * Prepares a client.
   *
   * @param settings how the server is reached; its origin is the folder, with a slash at the end
   * @param sleeper waits between two tries
   */
  public HttpUpdateServer(HttpSettings settings, Retries.Sleeper sleeper) {
    this.client = new HttpClient(settings);
    this.folder = settings.origin();
    this.sleeper = sleeper;
  }

  @Override
  public byte[] fetch(String name, int maxBytes, Waiting<Failure> waiting)
      throws HttpException, Failure {
    return client.fetch(folder.resolve(name), maxBytes, waiting);
  }

  @Override
  public Transfer<Failure> open(String name, long from, Waiting<Failure> waiting)
      throws HttpException, Failure {
    return client.open(folder.resolve(name), from, waiting);
  }

  @Override
  public Retries retries() {
    return new Retries(Retries.PAUSES, sleeper);
  }

  @Override
  public String address(String name) {
    return folder.resolve(name).toString();
  }
}

package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Transfer;
import io.kubesolo.update.agent.http.Waiting;
import io.kubesolo.update.agent.io.Failure;
import java.nio.file.Path;
import java.util.List;

/**
 * The server of a device whose configuration is wrong about it: no request can be made until an
 * operator has changed it.
 *
 * @param reason what is wrong
 */
record UnusableServer(Failure reason) implements UpdateServer {
  @Override
  public Manifest manifest(Path publicKey) throws Failure {
    throw reason;
  }

  @Override
  public byte[] fetch(String name, int maxBytes) throws HttpException {
    throw HttpException.waiting(reason.message());
  }

  @Override
  public Transfer<Failure> open(String name, long from, Waiting<Failure> waiting) throws Failure {
    throw reason;
  }

  @Override
  public Retries retries() {
    return new Retries(List.of(), pause -> {});
  }

  @Override
  public String address(String name) {
    return name;
  }
}

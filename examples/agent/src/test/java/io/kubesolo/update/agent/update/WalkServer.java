package io.kubesolo.update.agent.update;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Transfer;
import io.kubesolo.update.agent.http.Waiting;
import io.kubesolo.update.agent.io.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A server in memory, whose offer and whose faults are set by the walk. */
final class WalkServer implements UpdateServer {
  /** The faults of the server. */
  enum Fault {
    NONE,
    DOWN,
    CUT,
    DAMAGED
  }

  private String offer = "";
  private Fault fault = Fault.NONE;

  static byte[] image(String version) {
    return (version + "_").getBytes(US_ASCII);
  }

  void offers(String version, Fault wrong) {
    offer = version;
    fault = wrong;
  }

  @Override
  public String address(String name) {
    return "http://server/" + name;
  }

  /**
   * Returns the manifest without verifying a signature, which would take too long in a walk of this
   * length.
   */
  @Override
  public Manifest manifest(Path publicKey, Path verified, Waiting<Failure> waiting) throws Failure {
    if (fault == Fault.DOWN) {
      throw Failure.of(Failure.Kind.PASSING, address(Manifest.NAME) + ": no connection");
    }
    return new Manifest(offer, DeviceFactory.content(offer, image(offer)));
  }

  @Override
  public byte[] fetch(String name, int maxBytes, Waiting<Failure> waiting) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Retries retries() {
    return new Retries(List.of(), pause -> {});
  }

  @Override
  public Transfer<Failure> open(String name, long from, Waiting<Failure> waiting) {
    byte[] image = image(fault == Fault.DAMAGED ? "xx" : name);
    int end = fault == Fault.CUT ? image.length - 1 : image.length;
    InputStream in =
        new ByteArrayInputStream(Arrays.copyOfRange(image, (int) from, Math.max((int) from, end)));
    return new Transfer<>() {
      @Override
      public boolean isWhole() {
        return from == 0;
      }

      @Override
      public long from() {
        return from;
      }

      @Override
      public long length() {
        return -1;
      }

      @Override
      public int read(byte[] buffer) throws HttpException {
        try {
          return in.read(buffer);
        } catch (IOException e) {
          throw HttpException.retry("cut off");
        }
      }

      @Override
      public void close() {}
    };
  }
}

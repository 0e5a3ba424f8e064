package io.kubesolo.update.agent.testkit;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests of commands: a new device that runs v1, and a server that offers it v2. */
public abstract class DeviceWithServer {
  /** The folder of the test; the device is in it. */
  @TempDir
  protected Path dir;

  /** The server. */
  protected RawServer server;

  /** The device. */
  protected TestDevice device;

  @BeforeEach
  protected void makeDeviceAndServer() throws IOException {
    server = new RawServer();
    device = new TestDevice(dir.resolve("device"), server.address());
    device.offer(server, "v2");
  }

  @AfterEach
  protected void closeServer() throws IOException {
    server.close();
  }
}

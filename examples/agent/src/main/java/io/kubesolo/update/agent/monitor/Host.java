package io.kubesolo.update.agent.monitor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host that this program runs on. */
final class Host {
  private static final Path NAME = Path.of("/proc/sys/kernel/hostname");

  private Host() {}

  /** Returns the name of the host, without asking a name server. */
  static String name() {
    try {
      return Files.readString(NAME).strip();
    } catch (IOException e) {
      return "This device";
    }
  }
}

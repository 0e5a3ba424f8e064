package io.kubesolo.update.agent.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Properties;

/** The time at which this program was built. */
public final class BuildInfo {
  private BuildInfo() {}

  /**
   * Returns a moment before which this program cannot run: a clock that is behind it is not set.
   */
  public static Instant built() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      if (in == null) {
        throw new IllegalStateException("the build has left out build.properties");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Instant.parse(properties.getProperty("built"));
  }
}

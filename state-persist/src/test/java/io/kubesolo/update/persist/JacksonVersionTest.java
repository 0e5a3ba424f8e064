package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.PackageVersion;
import org.junit.jupiter.api.Test;

/** The build runs the tests of the reader with several versions of Jackson. */
final class JacksonVersionTest {
  @Test
  void isTheVersionThatTheBuildNames() {
    String version = PackageVersion.VERSION.toString();
    assertThat(version).isEqualTo(System.getProperty("jackson.version", version));
    assertThat(com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION).hasToString(version);
  }
}

package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.persist.StateFile.Repair;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.AfterTry;

/** A repair ends with a valid file, whatever the invalid one contains. */
final class RepairProperties {
  private final Device device;

  RepairProperties() throws IOException {
    device = new Device(Tools.directoryInMemory());
  }

  @AfterTry
  void deleteFiles() throws IOException {
    for (String name : device.entries().keySet()) {
      Files.delete(device.directory().resolve(name));
    }
  }

  @AfterProperty
  void deleteDirectory() throws IOException {
    Files.delete(device.directory());
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void eachInvalidFileIsReplacedByAValidOne(@ForAll("damaged") String damaged) throws IOException {
    device.holding(damaged.getBytes(ISO_8859_1));

    Either<StoreFailure, Option<Repair>> repaired = device.file().repair();

    assertThat(repaired.get()).isNotEmpty();
    assertThat(device.file().read().isRight()).isTrue();
  }

  /** Returns text around the one key that repair looks for; it never has the phase. */
  @Provide
  static Arbitrary<String> damaged() {
    return Arbitraries.of(
            "\"rolled_back_versions\"",
            "rolled_back_versions\"",
            ":",
            "[",
            "[\"v1\"]",
            "\"",
            ",",
            "\\ud800",
            "\u00ff")
        .list()
        .ofMinSize(1)
        .ofMaxSize(40)
        .map(pieces -> String.join("", pieces));
  }
}

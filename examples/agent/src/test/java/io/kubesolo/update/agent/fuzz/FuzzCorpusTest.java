package io.kubesolo.update.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each input that the fuzzer starts from, or that it once found, keeps what was promised. */
@Timeout(60)
final class FuzzCorpusTest {
  private static final Path SEEDS = Path.of("src", "test", "fuzz");

  @TempDir
  static Path dir;

  @BeforeAll
  static void setState() {
    System.setProperty("fuzz.state", dir.resolve("state.json").toString());
  }

  /** Tries one input. */
  private interface Target {
    void tryOne(byte[] bytes) throws Exception;
  }

  @TestFactory
  Stream<DynamicTest> codec() throws IOException {
    return replay("codec", FuzzCodec::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> replays() throws IOException {
    return replay("replay", FuzzReplay::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> server() throws IOException {
    return replay("server", FuzzServer::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> manifest() throws IOException {
    return replay("manifest", FuzzManifest::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> grubenv() throws IOException {
    return replay("grubenv", FuzzGrubenv::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> request() throws IOException {
    return replay("request", bytes -> {
      Files.deleteIfExists(dir.resolve("state.json"));
      FuzzRequest.fuzzerTestOneInput(bytes);
    });
  }

  private static Stream<DynamicTest> replay(String seeds, Target target) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(SEEDS.resolve(seeds))) {
      for (Path file : files.sorted().toList()) {
        tests.add(DynamicTest.dynamicTest(
            seeds + "/" + file.getFileName(), () -> target.tryOne(Files.readAllBytes(file))));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }
}

package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubesolo.update.agent.testkit.Json;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each list of phases or of events in a JSON schema, or in the fleet's OpenAPI document, is complete. */
final class SchemaEnumsTest {
  private static final Path OPEN_API = Path.of("../fleet/src/main/resources/static/openapi.json");

  private static final List<String> PHASES =
      Stream.of(Phase.values()).map(Phase::wireName).toList();
  private static final List<String> EVENTS =
      Stream.of(EventType.values()).map(EventType::wireName).toList();

  static List<Path> documents() throws IOException {
    try (Stream<Path> schemas = Files.list(Path.of("schemas"))) {
      return Stream.concat(schemas.sorted(), Stream.of(OPEN_API)).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void namesEveryPhaseOrEveryEvent(Path document) throws IOException {
    for (List<String> values : enums(document)) {
      if (values.stream().anyMatch(PHASES::contains)) {
        assertThat(values).isEqualTo(PHASES);
      }
      // The events of a deadline are a list of their own.
      if (values.contains(EventType.CHECK.wireName())) {
        assertThat(values).isEqualTo(EVENTS);
      }
    }
  }

  private static List<List<String>> enums(Path document) throws IOException {
    List<List<String>> enums = new ArrayList<>();
    for (JsonNode values : Json.read(Files.readString(document)).findValues("enum")) {
      List<String> texts = new ArrayList<>();
      values.forEach(value -> texts.add(value.asText()));
      enums.add(texts);
    }
    return enums;
  }
}

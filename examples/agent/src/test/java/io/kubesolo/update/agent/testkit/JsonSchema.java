package io.kubesolo.update.agent.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JSON schema with the keywords that the schemas of the agent use. Any other keyword is an error. */
public final class JsonSchema {
  private static final Path FOLDER = Path.of("schemas");

  private final JsonNode root;

  private JsonSchema(JsonNode root) {
    this.root = root;
  }

  public static JsonSchema of(String name) throws IOException {
    return at(FOLDER.resolve(name + ".schema.json"));
  }

  public static JsonSchema at(Path file) throws IOException {
    return new JsonSchema(Json.read(Files.readString(file)));
  }

  /** Returns what is wrong with a text of JSON, a line each. */
  public List<String> problems(String json) throws IOException {
    List<String> problems = new ArrayList<>();
    check(root, Json.read(json), "$", problems);
    return problems;
  }

  private void check(JsonNode schema, JsonNode value, String place, List<String> problems) {
    schema.properties().forEach(keyword -> {
      JsonNode rule = keyword.getValue();
      switch (keyword.getKey()) {
        case "$schema",
            "$id",
            "$defs",
            "title",
            "description",
            "required",
            "additionalProperties" -> {}
        case "$ref" -> check(root.at(rule.textValue().substring(1)), value, place, problems);
        case "type" -> require(isOfType(rule.textValue(), value), place, "is no " + rule, problems);
        case "const" -> require(rule.equals(value), place, "is not " + rule, problems);
        case "enum" -> require(contains(rule, value), place, "is none of " + rule, problems);
        case "pattern" ->
          require(value.asText().matches(rule.textValue()), place, "is no " + rule, problems);
        case "minItems" -> require(value.size() >= rule.asInt(), place, "is too short", problems);
        case "minimum" -> require(value.asLong() >= rule.asLong(), place, "is too small", problems);
        case "oneOf" ->
          require(matching(rule, value, place) == 1, place, "is not one of", problems);
        case "items" -> {
          for (int i = 0; i < value.size(); i++) {
            check(rule, value.get(i), place + "[" + i + "]", problems);
          }
        }
        case "properties" -> checkMembers(schema, value, place, problems);
        default -> throw new AssertionError("a keyword that is not known: " + keyword.getKey());
      }
    });
  }

  private void checkMembers(JsonNode schema, JsonNode value, String place, List<String> problems) {
    schema
        .path("required")
        .forEach(name -> require(value.has(name.textValue()), place, "lacks " + name, problems));
    value.properties().forEach(member -> {
      JsonNode rule = schema.path("properties").path(member.getKey());
      String where = place + "." + member.getKey();
      require(!rule.isMissingNode(), where, "is not in the schema", problems);
      check(rule, member.getValue(), where, problems);
    });
  }

  private long matching(JsonNode alternatives, JsonNode value, String place) {
    long matching = 0;
    for (JsonNode alternative : alternatives) {
      List<String> problems = new ArrayList<>();
      check(alternative, value, place, problems);
      matching += problems.isEmpty() ? 1 : 0;
    }
    return matching;
  }

  private static boolean isOfType(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new AssertionError("a type that is not known: " + type);
    };
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode each : values) {
      if (each.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static void require(boolean met, String place, String problem, List<String> problems) {
    if (!met) {
      problems.add(place + " " + problem);
    }
  }
}

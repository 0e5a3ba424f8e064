package io.kubesolo.update.agent.testkit;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Reads JSON strictly: a key that occurs twice, and content after the end, are errors. */
public final class Json {
  private static final JsonMapper STRICT = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private Json() {}

  public static JsonNode read(byte[] json) throws IOException {
    return STRICT.readTree(json);
  }

  public static JsonNode read(String json) throws IOException {
    return STRICT.readTree(json);
  }
}

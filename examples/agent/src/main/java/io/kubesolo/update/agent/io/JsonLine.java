package io.kubesolo.update.agent.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.kubesolo.update.persist.StateJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;

/** Writes JSON on one line, with the escapes of the state file. */
public final class JsonLine {
  private static final JsonFactory FACTORY = new JsonFactoryBuilder()
      .characterEscapes(StateJson.escapes())
      .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
      .build();

  private JsonLine() {}

  /** The content of an object or an array. */
  @FunctionalInterface
  public interface Content {
    /** Writes the content with a generator. */
    void write(JsonGenerator json) throws IOException;
  }

  /** Returns an object. */
  public static String object(Content members) {
    return write(json -> {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
    });
  }

  /** Returns an array. */
  public static String array(Content elements) {
    return write(json -> {
      json.writeStartArray();
      elements.write(json);
      json.writeEndArray();
    });
  }

  /** Writes a member that is a list of texts. */
  public static void texts(JsonGenerator json, String key, Collection<String> texts)
      throws IOException {
    json.writeArrayFieldStart(key);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static String write(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not throw", e);
    }
    return text.toString();
  }
}

package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.io.JsonObject;
import io.vavr.control.Either;
import java.util.regex.Pattern;

/**
 * What the server offers.
 *
 * <p>Immutable.
 *
 * @param file the image's name, relative to the manifest
 * @param content what the image holds
 */
public record Manifest(String file, SlotContent content) {
  /** Its name on the server; {@code .sig} is added to name its signature. */
  public static final String NAME = "manifest.json";

  /** How many bytes it may have. */
  static final int MAX_BYTES = 64 * 1024;

  private static final String SEGMENT = "[A-Za-z0-9_][A-Za-z0-9._+~-]*";
  private static final Pattern PLAIN_NAME = Pattern.compile(SEGMENT + "(/" + SEGMENT + ")*");

  public String version() {
    return content.version();
  }

  /** Reads a manifest whose signature was verified. */
  public static Either<String, Manifest> parse(byte[] bytes) {
    return JsonObject.parse(bytes)
        .flatMap(json -> SlotContent.of(json)
            .flatMap(content -> json.text("file")
                .filterOrElse(
                    file -> PLAIN_NAME.matcher(file).matches(),
                    file -> "\"file\" is no plain relative name: " + file)
                .map(file -> new Manifest(file, content))));
  }
}

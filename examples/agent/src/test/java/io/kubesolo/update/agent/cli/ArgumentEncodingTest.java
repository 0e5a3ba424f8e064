package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments whose bytes are not valid in the encoding of the locale. */
final class ArgumentEncodingTest {

  @ParameterizedTest
  @CsvSource({
    "java|Main|send, send, true",
    "java|Main|send|caf\u00e9, send|caf\u00e9, true",
    "java|\ufffd, \ufffd, true",
    "java|send|, send|'', false",
    "java|x, y, false",
    "x, x|x, false"
  })
  void comparesWithTheKernelsCommandLine(String kernel, String arguments, boolean intact) {
    byte[] bytes = (kernel.replace('|', '\0') + "\0").getBytes(UTF_8);

    assertThat(ArgumentEncoding.endsWith(bytes, arguments.split("\\|", -1))).isEqualTo(intact);
  }

  @Test
  void bytesThatAreNotUtf8AreNotIntact() {
    byte[] kernel = {'j', 0, 'c', (byte) 0xe9, 0};

    assertThat(ArgumentEncoding.endsWith(kernel, "c\ufffd")).isFalse();
    assertThat(ArgumentEncoding.isIntact("c\ufffd")).isFalse();
    assertThat(ArgumentEncoding.isIntact("caf\u00e9", "")).isTrue();
  }
}

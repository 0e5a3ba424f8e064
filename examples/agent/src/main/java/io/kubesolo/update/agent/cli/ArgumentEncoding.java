package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Checks that the arguments of this process are what the user typed. The JVM puts U+FFFD in place
 * of bytes that are not valid in the encoding of the locale.
 */
final class ArgumentEncoding {
  /** The character that the JVM puts in place of bytes that are not valid. */
  static final String REPLACEMENT = "\ufffd";

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private ArgumentEncoding() {}

  /** Returns the name of the encoding that arguments and file names must be valid in. */
  static String ofLocale() {
    return System.getProperty("sun.jnu.encoding") + ", the encoding of the locale";
  }

  /** Returns whether all arguments were decoded correctly. */
  static boolean isIntact(String... arguments) {
    if (!String.join("", arguments).contains(REPLACEMENT)) {
      return true;
    }
    try {
      return endsWith(Files.readAllBytes(COMMAND_LINE), arguments);
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns whether a command line, as the kernel gives it, ends with arguments in UTF-8. */
  static boolean endsWith(byte[] commandLine, String... arguments) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(commandLine)).toString();
      List<String> all = Arrays.asList(text.split("\0", -1));
      int end = all.size() - 1;
      return end >= arguments.length
          && all.subList(end - arguments.length, end).equals(List.of(arguments));
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}

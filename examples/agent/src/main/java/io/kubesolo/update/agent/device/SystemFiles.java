package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files in which the running system describes itself.
 *
 * @param root the directory that is used as {@code /}; tests use a temporary one
 */
public record SystemFiles(Path root) {
  /** The files of the machine that this runs on. */
  public static final SystemFiles HOST = new SystemFiles(Path.of("/"));

  private static final String SLOT_ARGUMENT = "update_agent.slot=";
  private static final String PARTITION_ARGUMENT = "update_agent.partition=";

  /** Returns the files of the machine on whose file system a path is. */
  static SystemFiles of(Path path) {
    return new SystemFiles(path.getFileSystem().getPath("/"));
  }

  /** Returns the slot that grub.cfg named on the kernel's command line; none if it names none. */
  Optional<Slot> runningSlot() {
    return argument(SLOT_ARGUMENT).flatMap(Slot::of);
  }

  /**
   * Returns the number of the partition that grub.cfg started the running slot from; none if the kernel's
   * command line has none, as that of an older grub.cfg.
   */
  Optional<String> runningPartition() {
    return argument(PARTITION_ARGUMENT).filter(number -> number.matches("[1-9][0-9]*"));
  }

  /** Returns the rest of the last argument on the kernel's command line that starts with a text. */
  private Optional<String> argument(String start) {
    Optional<String> rest = Optional.empty();
    for (String argument : read("proc/cmdline").split("\\s+", -1)) {
      if (argument.startsWith(start)) {
        rest = Optional.of(argument.substring(start.length()));
      }
    }
    return rest;
  }

  /** Returns the version in os-release of the running system, or none. */
  Optional<String> version() {
    String release = read("etc/os-release");
    Map<String, String> values =
        variables(release.isEmpty() ? read("usr/lib/os-release") : release);
    return Stream.of("IMAGE_VERSION", "VERSION_ID")
        .map(values::get)
        .filter(Objects::nonNull)
        .filter(SystemFiles::isVersion)
        .findFirst();
  }

  private static boolean isVersion(String text) {
    try {
      VersionSyntax.require("version", text);
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  private static Map<String, String> variables(String release) {
    Map<String, String> values = new HashMap<>();
    for (String line : release.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        String value = unquoted(line.substring(equals + 1).strip());
        if (!value.isBlank()) {
          values.put(line.substring(0, equals).strip(), value);
        }
      }
    }
    return values;
  }

  /** Removes the quotes of a value, as a shell does. */
  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2
        && (value.startsWith("\"") || value.startsWith("'"))
        && value.charAt(value.length() - 1) == value.charAt(0);
    String inner = quoted ? value.substring(1, value.length() - 1) : value;
    return value.startsWith("'") ? inner : inner.replaceAll("\\\\(.)", "$1");
  }

  /** Returns the content of a file, empty if it cannot be read. */
  String read(String path) {
    try {
      return new String(Files.readAllBytes(root.resolve(path)), UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** Returns the names in a directory, none if it cannot be read. */
  List<String> names(String path) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(path))) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (IOException e) {
      return List.of();
    }
    return names;
  }
}

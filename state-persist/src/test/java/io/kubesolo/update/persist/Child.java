package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vavr.control.Either;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The program of other processes, which uses this module. */
final class Child {
  private Child() {}

  /** Runs a program that must succeed and yields what it printed. */
  static List<String> run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + output);
    }
    return output.lines().toList();
  }

  /** Returns the command of a Java process that runs {@link #main}. */
  static List<String> java(String... args) {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-cp",
        System.getProperty("java.class.path"),
        Child.class.getName()));
    Collections.addAll(command, args);
    return command;
  }

  static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  /** Runs {@link #main} as a user to whom the modes of files apply. */
  static List<String> withoutPrivileges(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search"));
    }
    command.addAll(java(args));
    return run(command.toArray(String[]::new));
  }

  /** Runs {@link #main} after a command of the shell, such as {@code umask 077}. */
  static List<String> after(String setting, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", setting + "; exec \"$@\"", "sh"));
    command.addAll(java(args));
    return run(command.toArray(String[]::new));
  }

  /** Runs a command; the arguments are its name, a path, and how often. */
  public static void main(String... args) throws IOException {
    StateFile file = StateFile.at(Path.of(args[1]), Device.CLOCK);
    switch (args[0]) {
      case "read" -> System.out.println(file.read().fold(Object::toString, Object::toString));
      case "repair" -> System.out.println(file.repair().fold(Object::toString, Object::toString));
      case "send" ->
        System.out.println(
            Device.persist(file, Device::counted).fold(Object::toString, Object::toString));
      case "send-many" -> {
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
          Device.persist(file, Device::counted).get();
        }
      }
      case "hold" ->
        file.exclusively((loaded, persistListener) -> {
          System.out.println("held");
          return waitForEndOfInput();
        });
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static <L, R> Either<L, R> waitForEndOfInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("let go");
  }
}

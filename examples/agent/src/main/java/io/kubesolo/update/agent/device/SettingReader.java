package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Either;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads values of a configuration, and collects what is wrong with them. */
final class SettingReader {
  private final Path file;
  private final List<String> problems = new ArrayList<>();

  /** Reads from a file, which is named in each failure. */
  SettingReader(Path file) {
    this.file = file;
  }

  /** Reads one value. */
  @FunctionalInterface
  interface Source<T> {
    /** Returns the value, or throws a failure that does not name the file. */
    T read() throws Failure;
  }

  /** Reads a value that is reported where it is used if it is wrong. */
  <T> Setting<T> read(Source<T> source) {
    try {
      return Setting.of(source.read());
    } catch (Failure e) {
      problems.add(e.message());
      return new Setting<>(Either.left(e.at(file)));
    }
  }

  /**
   * Reads a value that is replaced if it is wrong.
   *
   * @param replacement the value to use instead
   * @param consequence what happens because of the wrong value, for the message
   */
  <T> T read(T replacement, String consequence, Source<T> source) {
    try {
      return source.read();
    } catch (Failure e) {
      problems.add(e.message() + "; " + consequence);
      return replacement;
    }
  }

  /** Returns what is wrong, a line each, without the file. */
  List<String> problems() {
    return problems;
  }

  /** Returns what is wrong, a line each, with the file. */
  List<String> locatedProblems() {
    List<String> located = new ArrayList<>(problems);
    located.replaceAll(problem -> file + ": " + problem);
    return located;
  }
}

package io.kubesolo.update.core.testing.mistake;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mistake that a change of production code might make, and the test that sees it.
 *
 * @param name what is wrong
 * @param source the file that it is in
 * @param edits what makes it
 * @param test the class of the test
 * @param method the test
 */
public record Mistake(String name, Path source, List<Edit> edits, Class<?> test, String method) {
  /**
   * One text for another.
   *
   * @param right what is there, once
   * @param wrong the text that replaces it
   */
  public record Edit(String right, String wrong) {}

  /** Returns a mistake in a class of the module that is tested, without an edit yet. */
  public static Mistake in(Class<?> type, String name) {
    return in(Path.of(""), type, name);
  }

  /** Returns a mistake in a class of the module in a folder, without an edit yet. */
  public static Mistake in(Path module, Class<?> type, String name) {
    Path source = module
        .resolve("src/main/java")
        .resolve(type.getName().replace('.', '/') + ".java")
        .toAbsolutePath();
    return new Mistake(name, source, List.of(), Mistake.class, "");
  }

  /** Returns this mistake with one more edit. */
  public Mistake replacing(String right, String wrong) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(right, wrong));
    return new Mistake(name, source, more, test, method);
  }

  /** Returns this mistake with the test that sees it. */
  public Mistake seenBy(Class<?> seer, String sentence) {
    return new Mistake(name, source, edits, seer, sentence);
  }

  /** Returns source code with this mistake planted in it. */
  String plantedIn(String code) {
    String planted = code;
    for (Edit edit : edits) {
      int at = planted.indexOf(edit.right());
      if (at < 0 || planted.indexOf(edit.right(), at + 1) >= 0) {
        throw new IllegalStateException(
            "to plant \"%s\", this must be in %s once: %s".formatted(name, source, edit.right()));
      }
      planted = planted.replace(edit.right(), edit.wrong());
    }
    return planted;
  }

  @Override
  public String toString() {
    return name + ", seen by " + test.getSimpleName() + "." + method;
  }
}

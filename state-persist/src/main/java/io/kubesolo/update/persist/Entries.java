package io.kubesolo.update.persist;

import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * The entries of one list of the state file in their order: those that were read, and between them
 * those that cannot be read, which are kept as they are.
 *
 * <p>A value that is not an array counts as a list of one. If it cannot be read, it is written
 * without an array until another entry is added.
 *
 * @param all the entries
 * @param isArray whether they are written as an array
 */
record Entries<T>(List<Entry<T>> all, boolean isArray) {

  /**
   * One entry.
   *
   * @param value what it means; none if it cannot be read
   * @param text the JSON that it is written as
   * @param problem why it cannot be read
   */
  record Entry<T>(Option<T> value, String text, String problem) {
    static <T> Entry<T> read(T value, String text) {
      return new Entry<>(Option.some(value), text, "");
    }

    static <T> Entry<T> unreadable(String text, String problem) {
      return new Entry<>(Option.none(), text, problem);
    }
  }

  static <T> Entries<T> of(List<T> values, Function<T, String> encode) {
    List<Entry<T>> all = new ArrayList<>(values.size());
    for (T value : values) {
      all.add(Entry.read(value, encode.apply(value)));
    }
    return new Entries<>(all, true);
  }

  /** Returns what was read, in its order. */
  List<T> values() {
    List<T> values = new ArrayList<>(all.size());
    for (Entry<T> entry : all) {
      if (entry.value().isDefined()) {
        values.add(entry.value().get());
      }
    }
    return values;
  }

  /**
   * Returns the entries that have these values instead. An entry that was read stays in its place
   * if it equals the next of the values, in their order; the values after these are appended. Every
   * entry that cannot be read stays in its place.
   *
   * @param values the values that the result must have
   * @param same whether an entry that was read is a value
   * @param encode the JSON of a value that is appended
   */
  Entries<T> with(List<T> values, BiPredicate<T, T> same, Function<T, String> encode) {
    List<Entry<T>> next = new ArrayList<>(all.size() + 1);
    int kept = 0;
    for (Entry<T> entry : all) {
      if (entry.value().isEmpty()) {
        next.add(entry);
      } else if (kept < values.size() && same.test(entry.value().get(), values.get(kept))) {
        next.add(entry);
        kept++;
      }
    }
    next.addAll(of(values.subList(kept, values.size()), encode).all);
    return new Entries<>(next, isArray || !values.isEmpty());
  }

  /** Returns a line that says how many entries cannot be read, and why the first cannot, if any. */
  List<String> warnings(String key) {
    int count = 0;
    int first = 0;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).value().isEmpty()) {
        first = count == 0 ? i : first;
        count++;
      }
    }
    return count == 0
        ? List.of()
        : List.of(warning(key, count, first + 1) + ": " + all.get(first).problem());
  }

  private String warning(String key, int count, int first) {
    if (!isArray) {
      return key + " cannot be read and is kept as it is";
    }
    return count == 1
        ? key + ": entry " + first + " cannot be read and is kept as it is"
        : "%s: %s entries cannot be read and are kept as they are, the first of them entry %s"
            .formatted(key, count, first);
  }

  /** Returns the JSON of the whole list, which adds no line breaks to those of its entries. */
  String onOneLine() {
    return join(new StringJoiner(", ", "[", "]"));
  }

  /** Returns the JSON of the whole list, each entry on a line of its own. */
  String onLines() {
    return join(new StringJoiner(",\n    ", "[\n    ", "\n  ]").setEmptyValue("[]"));
  }

  private String join(StringJoiner joined) {
    if (!isArray) {
      return all.get(0).text();
    }
    for (Entry<T> entry : all) {
      joined.add(entry.text());
    }
    return joined.toString();
  }
}

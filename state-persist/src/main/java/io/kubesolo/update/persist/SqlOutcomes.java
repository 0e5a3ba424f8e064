package io.kubesolo.update.persist;

import io.kubesolo.update.core.UpdateEvent;
import io.vavr.control.Option;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The commits of this process through one data source whose outcome is unknown. A row has an entry
 * for each connection that broke during a commit, until the row is locked and found to hold
 * something else, or the event is answered.
 *
 * <p>Safe for use by several threads.
 */
final class SqlOutcomes {
  private static final Map<DataSource, SqlOutcomes> ALL = new WeakHashMap<>();

  private final Map<String, List<Unknown>> unknown = new ConcurrentHashMap<>();
  private volatile @Nullable List<String> serverWarnings;

  private SqlOutcomes() {}

  /**
   * A commit whose outcome is unknown.
   *
   * @param event the event
   * @param text the document that the row holds if the commit took place
   */
  record Unknown(UpdateEvent event, String text) {}

  /** Returns the outcomes of a data source, the same for all its stores. */
  static SqlOutcomes of(DataSource source) {
    synchronized (ALL) {
      return ALL.computeIfAbsent(source, key -> new SqlOutcomes());
    }
  }

  /** Returns whether a commit of a row has an unknown outcome. */
  boolean isUnknown(String id) {
    return unknown.containsKey(id);
  }

  /** Forgets the commits that did not make the locked row. */
  void settle(String id, String text) {
    unknown.computeIfPresent(id, (key, all) -> {
      List<Unknown> made = all.stream().filter(one -> one.text().equals(text)).toList();
      return made.isEmpty() ? null : made;
    });
  }

  /** Returns whether an event made the locked row and was not answered; it is answered now. */
  boolean takeIfMade(String id, UpdateEvent event) {
    List<Unknown> made = unknown.getOrDefault(id, List.of());
    return made.stream().anyMatch(one -> one.event().equals(event)) && unknown.remove(id, made);
  }

  /** Records a commit during which the connection broke. */
  void add(String id, Unknown cutOff) {
    unknown.merge(
        id,
        List.of(cutOff),
        (all, more) -> Stream.concat(all.stream(), more.stream()).toList());
  }

  /**
   * Returns the warnings about the server, which are asked for until the server has answered once.
   */
  List<String> serverWarnings(Supplier<Option<List<String>>> ask) {
    List<String> known = serverWarnings;
    if (known == null) {
      Option<List<String>> asked = ask.get();
      serverWarnings = asked.getOrNull();
      known = asked.getOrElse(List.of());
    }
    return known;
  }
}

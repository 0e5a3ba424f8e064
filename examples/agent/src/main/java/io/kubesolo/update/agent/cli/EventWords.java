package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.event.EventText;
import io.kubesolo.update.agent.event.ReplayLine;
import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.List;

/** Events as words of a command line: {@code verify running_version=v2 confirm}. */
final class EventWords {
  private final List<String> words = new ArrayList<>();

  void add(String word) {
    words.add(word);
  }

  boolean isEmpty() {
    return words.isEmpty();
  }

  /** Returns the events at the present time. Throws if a word is not valid in its place. */
  List<ReplayLine> lines() throws Failure {
    List<ReplayLine> lines = new ArrayList<>();
    int next = 0;
    while (next < words.size()) {
      EventText event = new EventText(EventNames.require(words.get(next++)));
      while (next < words.size() && words.get(next).contains("=")) {
        String word = words.get(next++);
        int equals = word.indexOf('=');
        event.put(word.substring(0, equals), word.substring(equals + 1));
      }
      lines.add(new ReplayLine(event.event(), Option.none()));
    }
    return lines;
  }
}

package io.kubesolo.update.fsm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every event that was stored. The whole state can be computed from it: the lifecycle a third time,
 * as queries on the past instead of changes of the present.
 */
final class Log {
  /** One event; a value that it does not carry is empty or false. */
  record Fact(
      Instant at,
      String event,
      String before,
      String target,
      String running,
      String error,
      boolean retry) {}

  private final List<Fact> facts = new ArrayList<>();
  private final Map<String, Integer> last = new HashMap<>();
  private final List<Fact> turns = new ArrayList<>();
  private final List<Fact> verdicts = new ArrayList<>();
  private final List<String> history = new ArrayList<>();

  void add(Fact fact) {
    last.put(fact.event(), facts.size());
    facts.add(fact);
    if (fact.event().equals("download") || fact.event().equals("confirm")) {
      turns.add(fact);
    }
    boolean givenUp = fact.event().equals("rollback") && !fact.retry();
    if (givenUp || fact.event().equals("confirm")) {
      verdicts.add(new Fact(fact.at(), fact.event(), fact.before(), target(), "", "", false));
    }
    boolean idleTalk = fact.event().equals("check")
        || fact.event().equals("no_update")
        || (fact.before().equals("checking") && fact.event().equals("cancel"));
    if (!idleTalk) {
      history.add(String.join("|", fact.event(), fact.before(), target(), fact.error()));
    }
  }

  long revision() {
    return facts.size();
  }

  long count(String event) {
    return facts.stream().filter(fact -> fact.event().equals(event)).count();
  }

  String target() {
    int last = last("download");
    return last < 0 ? "" : facts.get(last).target();
  }

  String runningBefore() {
    int last = last("download");
    return last < 0 ? "" : facts.get(last).running();
  }

  /** Downloads of the target since another was downloaded or any was confirmed. */
  long attempts() {
    long attempts = 0;
    String target = target();
    for (int i = turns.size() - 1; i >= 0 && turns.get(i).target().equals(target); i--) {
      attempts++;
    }
    return attempts;
  }

  /** Returns the last failure, unless all was well since. */
  String error() {
    int failed = Math.max(last("fail"), last("rollback"));
    int well = Math.max(
        Math.max(last("confirm"), last("acknowledge")),
        Math.max(last("cancel"), last("no_update")));
    return failed > well ? facts.get(failed).error() : "";
  }

  String startedAt() {
    for (int i = facts.size() - 1; i >= 0; i--) {
      Fact fact = facts.get(i);
      boolean starts = fact.event().equals("check")
          || (fact.event().equals("download") && !fact.before().equals("checking"));
      if (starts) {
        return fact.at().toString();
      }
    }
    return "never";
  }

  String updatedAt() {
    return facts.isEmpty() ? "never" : facts.get(facts.size() - 1).at().toString();
  }

  /** Targets whose last verdict is a rollback, by the time of it, the last eight. */
  List<String> rolledBack() {
    List<String> targets = new ArrayList<>();
    for (Fact verdict : verdicts) {
      targets.remove(verdict.target());
      if (verdict.event().equals("rollback")) {
        targets.add(verdict.target());
      }
      if (targets.size() > 8) {
        targets.remove(0);
      }
    }
    return targets;
  }

  List<String> history() {
    return history.subList(Math.max(0, history.size() - 20), history.size());
  }

  private int last(String event) {
    return last.getOrDefault(event, -1);
  }
}

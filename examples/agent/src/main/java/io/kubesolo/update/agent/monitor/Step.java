package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One phase of an update that succeeds, and whether the present update has reached it.
 *
 * @param phase the phase
 * @param mark what is known about it
 */
public record Step(Phase phase, Mark mark) {
  /** The phases in which an update is in progress, and success. */
  private static final List<Phase> PATH =
      Phase.successfulPath().stream().filter(phase -> phase != Phase.IDLE).toList();

  /** The states of a step. */
  public enum Mark {
    /** The update has left the phase behind, or succeeded. */
    DONE("✓", "done"),
    /** The update is in the phase. */
    CURRENT("●", "now"),
    /** The update was given up in the phase. */
    ENDED("✗", "given up here"),
    /** The update has not reached the phase. */
    OPEN("○", "to come");

    private final String sign;
    private final String words;

    Mark(String sign, String words) {
      this.sign = sign;
      this.words = words;
    }

    /** Returns the sign on the page. */
    public String sign() {
      return sign;
    }

    /** Returns the words for a screen reader. */
    public String words() {
      return words;
    }

    /** Returns the class in the style sheet. */
    public String style() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the steps of the update in a state. */
  public static List<Step> all(UpdateState state) {
    boolean givenUp = state.phase() == Phase.FAILED || state.phase() == Phase.ROLLED_BACK;
    int reached = PATH.indexOf(givenUp ? endOf(state) : state.phase());
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < PATH.size(); i++) {
      steps.add(new Step(PATH.get(i), mark(i, reached, givenUp)));
    }
    return steps;
  }

  private static Mark mark(int step, int reached, boolean givenUp) {
    if (step != reached) {
      return step < reached ? Mark.DONE : Mark.OPEN;
    }
    if (givenUp) {
      return Mark.ENDED;
    }
    return step == PATH.size() - 1 ? Mark.DONE : Mark.CURRENT;
  }

  /** Returns the phase in which an update was given up; the outcome itself if that is unknown. */
  private static Phase endOf(UpdateState state) {
    List<HistoryEntry> history = state.history();
    if (history.isEmpty()) {
      return state.phase();
    }
    HistoryEntry newest = history.get(history.size() - 1);
    return newest.to().equals(state.phase().wireName())
        ? Phase.ofWireName(newest.from()).getOrElse(state.phase())
        : state.phase();
  }

  /** Returns the value of {@code aria-current}. */
  public String current() {
    return mark == Mark.CURRENT ? "step" : "false";
  }

  /** Returns the name of the phase. */
  public String name() {
    return phase.wireName();
  }
}

package io.kubesolo.update.fsm;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks for faults of the machine: in the graph of its edges, in what Spring built of them, and in
 * what guards and actions do in every state that can be reached. The build fails where it finds
 * one.
 *
 * <p>Safe for use by several threads.
 */
public final class Verifier {
  private Verifier() {}

  /**
   * Verifies the machine that the Spring config declares, which takes about a second.
   *
   * @return the faults; empty where the machine is sound
   */
  public static List<Finding> verify() {
    return verify(Declaration.of(new LifecycleConfig()));
  }

  static List<Finding> verify(Declaration declaration) {
    List<Finding> findings = new ArrayList<>(GraphCheck.of(declaration));
    findings.addAll(StateCheck.of(declaration.edges()));
    return List.copyOf(findings);
  }
}

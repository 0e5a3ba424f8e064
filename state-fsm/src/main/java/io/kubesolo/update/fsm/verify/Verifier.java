package io.kubesolo.update.fsm.verify;

import io.kubesolo.update.fsm.MachineModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Searches the machine for faults: in the graph of its states and edges, and in what guards and
 * actions do in every state that can be reached. The build fails if there is one.
 *
 * <p>Safe for use by several threads.
 */
public final class Verifier {
  private Verifier() {}

  /**
   * Verifies the machine that the Spring config declares, which takes about a second.
   *
   * @return the faults; empty if there are none
   */
  public static List<Finding> verify() {
    return verify(MachineModel.declared());
  }

  /**
   * Verifies a machine.
   *
   * @param machine its states and edges
   * @return the faults; empty if there are none
   */
  public static List<Finding> verify(MachineModel machine) {
    List<Finding> findings = new ArrayList<>(GraphCheck.of(machine));
    findings.addAll(StateCheck.of(machine.edges()));
    return List.copyOf(findings);
  }
}

package io.kubesolo.update.agentloop;

import io.vavr.control.Option;
import java.io.IOException;

/**
 * The work of an agent outside the state file. Each method may run again after a power loss, so
 * each is idempotent. An {@link IOException} is a temporary failure, such as a server that does
 * not answer.
 */
interface Device {
  /** Returns the version of the slot that runs now. */
  String runningVersion() throws IOException;

  /** Returns the version that the server offers, or none. */
  Option<String> offer() throws IOException;

  /** Downloads and verifies a version, and writes it to the passive slot; or returns its defect. */
  Option<String> install(String version) throws IOException;

  /** Makes the boot loader start the slot that does not run now. */
  void bootOtherSlot() throws IOException;

  /** Checks the running slot, and returns what is wrong with it, or none. */
  Option<String> healthProblem() throws IOException;

  /** Tells the boot loader to keep the running slot. */
  void markGood() throws IOException;
}

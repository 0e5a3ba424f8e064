/**
 * Diagrams and tables of the machine, generated from its edges; {@link
 * io.kubesolo.update.fsm.diagram.Diagram} is the entry point. They can highlight the phase of a
 * device and the edges that its history records.
 */
@NullMarked
package io.kubesolo.update.fsm.diagram;

import org.jspecify.annotations.NullMarked;

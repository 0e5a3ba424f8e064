/**
 * The build step of this module, which verifies the machine and generates its edges as a class, and
 * its picture. It needs Eclipse ELK and is left out of the jar.
 */
@NullMarked
package io.kubesolo.update.fsm.build;

import org.jspecify.annotations.NullMarked;

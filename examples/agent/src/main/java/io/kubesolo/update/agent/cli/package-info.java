/**
 * The commands: their syntax, output and exit codes. {@link
 * io.kubesolo.update.agent.cli.UpdateAgent} runs one command line.
 */
@NullMarked
package io.kubesolo.update.agent.cli;

import org.jspecify.annotations.NullMarked;

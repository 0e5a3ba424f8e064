/**
 * The files of a Debian package besides the program: manual pages, completions, changelog,
 * copyright. {@link io.kubesolo.update.agent.packaging.PackageFiles} writes them during the build.
 */
@NullMarked
package io.kubesolo.update.agent.packaging;

import org.jspecify.annotations.NullMarked;

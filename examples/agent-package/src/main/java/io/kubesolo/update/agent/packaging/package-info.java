/**
 * What a Debian package holds beside the program: manual pages, completions, changelog and copyright.
 * {@link io.kubesolo.update.agent.packaging.PackageFiles} writes them during the build.
 */
@NullMarked
package io.kubesolo.update.agent.packaging;

import org.jspecify.annotations.NullMarked;

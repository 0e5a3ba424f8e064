/**
 * A lifecycle in a Spring Boot application, by auto-configuration. It needs no other package of
 * this module: an application can copy it, with its line in {@code META-INF/spring}. {@link
 * io.kubesolo.update.boot.UpdateAutoConfiguration} is the entry point.
 */
@NullMarked
package io.kubesolo.update.boot;

import org.jspecify.annotations.NullMarked;

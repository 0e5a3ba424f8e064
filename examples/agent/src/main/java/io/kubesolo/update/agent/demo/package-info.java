/**
 * The demonstration of updates that succeed and fail. {@link io.kubesolo.update.agent.demo.Demo}
 * runs it on a device that {@link io.kubesolo.update.agent.demo.DeviceFactory} makes.
 */
@NullMarked
package io.kubesolo.update.agent.demo;

import org.jspecify.annotations.NullMarked;

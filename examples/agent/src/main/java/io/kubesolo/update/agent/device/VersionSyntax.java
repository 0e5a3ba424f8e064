package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** The rule for versions from outside: a version is valid if an event may carry it. */
public final class VersionSyntax {
  private VersionSyntax() {}

  /**
   * Validates a version.
   *
   * @param name the name of the version in the failure's message
   * @param version the version
   * @return the version
   * @throws Failure if the version is invalid
   */
  public static String require(String name, String version) throws Failure {
    Values values = new Values(Option.none(), Option.some(version), Option.none(), false);
    Either<String, UpdateEvent> event = UpdateEvent.of(EventType.VERIFY, values);
    if (event.isLeft()) {
      throw Failure.of(event.getLeft().replace("running_version", name));
    }
    return version;
  }
}

package io.kubesolo.update.agent.device;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** Versions from outside, held to what an event may carry. */
public final class VersionSyntax {
  private VersionSyntax() {}

  public static Either<String, String> checked(String version) {
    Values values = new Values(Option.none(), Option.some(version), Option.none(), false);
    return UpdateEvent.of(EventType.VERIFY, values)
        .map(event -> version)
        .mapLeft(problem -> problem.replace("running_version", "\"version\""));
  }
}

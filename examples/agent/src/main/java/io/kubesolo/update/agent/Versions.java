package io.kubesolo.update.agent;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** Versions from outside, held to what an event may carry. */
final class Versions {
  private Versions() {}

  static Either<String, String> checked(String version) {
    Values values = new Values(Option.none(), Option.some(version), Option.none(), false);
    return UpdateEvent.of(EventType.VERIFY, values)
        .map(event -> version)
        .mapLeft(problem -> problem.replace("running_version", "\"version\""));
  }
}

package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateState;
import java.util.List;
import java.util.StringJoiner;

/** States and events as text for the operator. */
public final class Messages {
  private Messages() {}

  public static String step(Transition transition) {
    return step(transition.before(), transition.event(), transition.after());
  }

  /** Returns the line for an accepted event: {@code download: idle -> downloading v1.1}. */
  public static String step(UpdateState before, UpdateEvent event, UpdateState after) {
    StringBuilder line = new StringBuilder();
    line.append(event.type()).append(": ").append(before.phase());
    line.append(" -> ").append(after.phase());
    if (event.type() == EventType.DOWNLOAD) {
      line.append(' ').append(after.toVersion().getOrElse(""));
    }
    if (event instanceof Fail fail) {
      line.append(": ").append(fail.error());
    }
    if (event instanceof Rollback rollback) {
      line.append(": ").append(rollback.error());
    }
    return OneLine.of(line.toString());
  }

  public static String names(List<EventType> events) {
    StringJoiner names = new StringJoiner(", ");
    for (EventType event : events) {
      names.add(event.wireName());
    }
    return names.toString();
  }
}

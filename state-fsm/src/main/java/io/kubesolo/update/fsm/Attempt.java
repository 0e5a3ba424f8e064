package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateContext;

/**
 * One event on its way through Spring's machine, riding in a message header. Guard and action leave
 * their verdict here, because Spring's own answer says neither whether a transition was taken nor
 * why not, and swallows what they throw.
 *
 * <p>For use by one thread.
 */
final class Attempt {
  private static final String HEADER = "attempt";

  private final UpdateState state;
  private final UpdateEvent event;
  private final EventContext context;

  private List<Denial> denials = List.of();
  private @Nullable UpdateState next;
  private @Nullable Throwable mistake;

  Attempt(UpdateState state, UpdateEvent event, EventContext context) {
    this.state = state;
    this.event = event;
    this.context = context;
  }

  static Attempt of(StateContext<Phase, EventType> spring) {
    if (spring.getMessageHeader(HEADER) instanceof Attempt attempt) {
      return attempt;
    }
    throw new IllegalStateException("the machine was sent an event without an attempt");
  }

  Message<EventType> message() {
    return MessageBuilder.withPayload(event.type()).setHeader(HEADER, this).build();
  }

  boolean passes(Edge edge) {
    try {
      denials = edge.denials(state, event, context);
      return denials.isEmpty();
    } catch (RuntimeException | Error e) {
      mistake = e;
      throw e;
    }
  }

  void take(Edge edge) {
    try {
      next = edge.take(state, event, context);
    } catch (RuntimeException | Error e) {
      mistake = e;
      throw e;
    }
  }

  /** The guards that said no; empty where there was no edge, or the edge was taken. */
  List<Denial> denials() {
    return denials;
  }

  /**
   * The state after the edge that was taken, if one was.
   *
   * @throws RuntimeException what a guard or an action threw
   * @throws Error likewise
   */
  @Nullable
  UpdateState next() {
    if (mistake instanceof Error error) {
      throw error;
    }
    if (mistake instanceof RuntimeException exception) {
      throw exception;
    }
    return next;
  }
}

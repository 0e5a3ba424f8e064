package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateContext;
import org.springframework.statemachine.support.DefaultStateContext;
import org.springframework.statemachine.transition.Transition;

/**
 * An event that Spring's machine is processing, carried in a header of its message. Guard and
 * action leave their results here, because Spring's own result says neither whether a transition
 * was taken nor why it was not, and hides their exceptions.
 *
 * <p>For use by one thread.
 */
final class PendingEvent {
  private static final String HEADER = "pendingEvent";

  private final UpdateState state;
  private final UpdateEvent event;
  private final EventContext context;

  private Option<Edge> evaluated = Option.none();
  private List<Denial> denials = List.of();
  private @Nullable UpdateState next;
  private @Nullable Throwable failure;

  PendingEvent(UpdateState state, UpdateEvent event, EventContext context) {
    this.state = state;
    this.event = event;
    this.context = context;
  }

  /**
   * Returns the pending event of a message.
   *
   * @throws IllegalStateException if the message was not made by {@link #message()}
   */
  static PendingEvent of(StateContext<Phase, EventType> spring) {
    if (spring.getMessageHeader(HEADER) instanceof PendingEvent pending) {
      return pending;
    }
    throw new IllegalStateException(
        "the machine got the event " + spring.getEvent() + " without the header " + HEADER);
  }

  /** Returns the message to send to the machine. */
  Message<EventType> message() {
    return MessageBuilder.withPayload(event.type()).setHeader(HEADER, this).build();
  }

  /** Returns the context in which Spring evaluates the guard of a transition for this event. */
  StateContext<Phase, EventType> context(Transition<Phase, EventType> transition) {
    Message<EventType> message = message();
    return new DefaultStateContext<>(
        StateContext.Stage.TRANSITION,
        message,
        message.getHeaders(),
        null,
        transition,
        null,
        transition.getSource(),
        transition.getTarget(),
        null);
  }

  /** Evaluates the guards of an edge, and keeps what they deny or throw. */
  boolean passes(Edge edge) {
    evaluated = Option.some(edge);
    try {
      denials = edge.denials(state, event, context);
      return denials.isEmpty();
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  /** Computes the state after an edge, and keeps it or what its actions throw. */
  void take(Edge edge) {
    try {
      next = edge.take(state, event, context);
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  /** Returns the edge whose guards were evaluated; none if there is no edge. */
  Option<Edge> evaluated() {
    return evaluated;
  }

  /** Returns the guards that deny the event; empty if there is no edge or the edge was taken. */
  List<Denial> denials() {
    return denials;
  }

  /**
   * Returns the state after the edge that was taken, or null if none was.
   *
   * @throws RuntimeException if a guard or an action threw it
   * @throws Error if a guard or an action threw it
   */
  @Nullable
  UpdateState next() {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    return next;
  }
}

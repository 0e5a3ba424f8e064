package io.kubesolo.update.fsm;

import static io.kubesolo.update.core.testing.SampleStates.CONTEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.testing.SampleStates;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.EnableStateMachineFactory;
import org.springframework.statemachine.config.StateMachineFactory;
import org.springframework.statemachine.config.builders.StateMachineConfigurationConfigurer;
import org.springframework.statemachine.listener.StateMachineListener;
import org.springframework.statemachine.listener.StateMachineListenerAdapter;
import org.springframework.statemachine.monitor.AbstractStateMachineMonitor;
import org.springframework.statemachine.monitor.StateMachineMonitor;
import org.springframework.statemachine.support.StateMachineInterceptor;
import org.springframework.statemachine.support.StateMachineInterceptorAdapter;
import org.springframework.statemachine.transition.Transition;

/** Spring's own listeners, interceptors and monitors observe an engine, and decide nothing. */
class SpringObserversTest {
  private static final Logger SPRING = Logger.getLogger("org.springframework.statemachine");

  /** Silences Spring, which logs each exception with its stack trace. */
  @BeforeAll
  static void silenceSpring() {
    SPRING.setLevel(Level.OFF);
  }

  @AfterAll
  static void letSpringLog() {
    SPRING.setLevel(null);
  }

  /** The calls that the observers of a machine have got. */
  static final class Seen extends StateMachineInterceptorAdapter<Phase, EventType> {
    final List<String> events = new ArrayList<>();

    @Override
    public Message<EventType> preEvent(
        Message<EventType> message, StateMachine<Phase, EventType> machine) {
      events.add("event " + message.getPayload());
      return message;
    }

    StateMachineListener<Phase, EventType> listener() {
      return new StateMachineListenerAdapter<>() {
        @Override
        public void transitionEnded(Transition<Phase, EventType> transition) {
          events.add("to " + transition.getTarget().getId());
        }

        @Override
        public void eventNotAccepted(Message<EventType> message) {
          events.add("not accepted: " + message.getPayload());
        }
      };
    }

    StateMachineMonitor<Phase, EventType> monitor() {
      return new AbstractStateMachineMonitor<>() {
        @Override
        public void transition(
            StateMachine<Phase, EventType> machine,
            Transition<Phase, EventType> transition,
            long duration) {
          events.add("monitored " + transition.getTarget().getId());
        }
      };
    }

    void addTo(SpringObservers observers) {
      assertThat(observers.monitor(monitor()).interceptor(this).listener(listener()))
          .isSameAs(observers);
    }
  }

  @Test
  void seeWhatTheMachineOfAnEngineDoes() {
    Seen seen = new Seen();
    SpringEngine engine = new SpringEngine(seen::addTo);
    seen.events.clear();

    engine.decide(SampleStates.in(Phase.IDLE), new Check(), CONTEXT);
    engine.decide(SampleStates.in(Phase.IDLE), new Confirm(), CONTEXT);

    assertThat(seen.events)
        .contains(
            "event check",
            "to checking",
            "monitored checking",
            "event confirm",
            "not accepted: confirm");
  }

  static Stream<Named<Consumer<SpringObservers>>> faultyObservers() {
    List<Named<Consumer<SpringObservers>>> all = new ArrayList<>();
    for (String method : List.of("preEvent", "preTransition", "postTransition")) {
      all.add(Named.of(
          "an interceptor whose " + method + " vetoes",
          observers -> observers.interceptor(interceptor(method, null))));
    }
    for (String method : List.of(
        "preEvent", "preTransition", "postTransition", "preStateChange", "postStateChange")) {
      all.add(Named.of(
          "an interceptor whose " + method + " throws",
          observers ->
              observers.interceptor(interceptor(method, new IllegalStateException("planted")))));
      all.add(Named.of(
          "an interceptor whose " + method + " fails",
          observers -> observers.interceptor(interceptor(method, new AssertionError("planted")))));
    }
    all.add(
        Named.of("an interceptor that sends another event on", SpringObserversTest::sendsAnother));
    all.add(Named.of("an interceptor that drops the headers", SpringObserversTest::dropsHeaders));
    all.add(Named.of("a listener that throws", SpringObserversTest::throwingListener));
    all.add(Named.of("a monitor that throws", SpringObserversTest::throwingMonitor));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("faultyObservers")
  void changeNoDecision(Consumer<SpringObservers> customizer) {
    SpringEngine engine = new SpringEngine(customizer);
    for (int i = 0; i < 2; i++) {
      for (Phase phase : Phase.values()) {
        assertThat(SpringEngineTest.answersAsTheTable(engine, phase)).isTrue();
      }
    }
  }

  @Test
  void areReportedOnceIfTheyInterfere() {
    List<LogRecord> logged = logged(new SpringEngine(SpringObserversTest::dropsHeaders));
    assertThat(logged).hasSize(1);
    assertThat(logged.get(0).getLevel()).isEqualTo(Level.WARNING);
    assertThat(logged.get(0).getMessage()).contains("stopped or changed the event check");
  }

  @Test
  void areNotBlamedForARefusal() {
    assertThat(logged(new SpringEngine())).isEmpty();
  }

  /** Returns what is logged while events are accepted, are illegal, and are denied. */
  private static List<LogRecord> logged(SpringEngine engine) {
    Logger logger = Logger.getLogger(SpringEngine.class.getName());
    List<LogRecord> logged = new ArrayList<>();
    Handler handler = new Handler() {
      @Override
      public void publish(LogRecord record) {
        logged.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
    logger.addHandler(handler);
    try {
      for (Phase phase : Phase.values()) {
        assertThat(SpringEngineTest.answersAsTheTable(engine, phase)).isTrue();
      }
    } finally {
      logger.removeHandler(handler);
    }
    return logged;
  }

  @Test
  void ofAnApplicationsFactorySeeButDoNotDecide() throws Exception {
    try (AnnotationConfigApplicationContext application =
        new AnnotationConfigApplicationContext(ApplicationConfig.class)) {
      Seen seen = application.getBean(Seen.class);
      StateMachine<Phase, EventType> machine = machine(application);
      SpringEngine engine = new SpringEngine(machine, SpringObserversTest::dropsHeaders);
      seen.events.clear();

      for (Phase phase : Phase.values()) {
        assertThat(SpringEngineTest.answersAsTheTable(engine, phase)).isTrue();
      }

      assertThat(engine.table().edges()).isEqualTo(new TableEngine().table().edges());
      assertThat(seen.events).contains("not accepted: confirm");
    }
  }

  @SuppressWarnings("unchecked") // ApplicationConfig's
  private static StateMachine<Phase, EventType> machine(ApplicationContext application) {
    return application.getBean(StateMachineFactory.class).getStateMachine();
  }

  /** A Spring application's own configuration of the machine, which starts by itself. */
  @Configuration
  @EnableStateMachineFactory
  static class ApplicationConfig extends LifecycleConfig {
    @Bean
    Seen seen() {
      return new Seen();
    }

    @Override
    public void configure(StateMachineConfigurationConfigurer<Phase, EventType> config)
        throws Exception {
      config
          .withConfiguration()
          .autoStartup(true)
          .listener(seen().listener())
          .and()
          .withMonitoring()
          .monitor(seen().monitor());
    }
  }

  /** Returns an interceptor of which one method returns null or throws. */
  @SuppressWarnings("unchecked")
  private static StateMachineInterceptor<Phase, EventType> interceptor(
      String method, @Nullable Throwable failure) {
    return (StateMachineInterceptor<Phase, EventType>) Proxy.newProxyInstance(
        SpringObserversTest.class.getClassLoader(),
        new Class<?>[] {StateMachineInterceptor.class},
        (proxy, called, arguments) -> {
          if (called.getName().equals("hashCode")) {
            return System.identityHashCode(proxy);
          }
          if (called.getName().equals("equals")) {
            return proxy == arguments[0];
          }
          if (called.getName().equals("stateMachineError")) {
            return arguments[1];
          }
          if (!called.getName().equals(method)) {
            return called.getReturnType() == void.class ? null : arguments[0];
          }
          if (failure != null) {
            throw failure;
          }
          return null;
        });
  }

  /** Returns an observer of which each method throws. */
  private static Object throwing(Class<?> type) {
    return Proxy.newProxyInstance(
        SpringObserversTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, called, all) -> {
          if (called.getDeclaringClass() == Object.class) {
            return called.getName().equals("equals")
                ? (Object) (proxy == all[0])
                : (Object) System.identityHashCode(proxy);
          }
          throw new IllegalStateException("planted");
        });
  }

  @SuppressWarnings("unchecked")
  private static void throwingListener(SpringObservers observers) {
    observers.listener(
        (StateMachineListener<Phase, EventType>) throwing(StateMachineListener.class));
  }

  @SuppressWarnings("unchecked")
  private static void throwingMonitor(SpringObservers observers) {
    observers.monitor((StateMachineMonitor<Phase, EventType>) throwing(StateMachineMonitor.class));
  }

  private static void sendsAnother(SpringObservers observers) {
    observers.interceptor(new StateMachineInterceptorAdapter<>() {
      @Override
      public Message<EventType> preEvent(
          Message<EventType> message, StateMachine<Phase, EventType> machine) {
        List<EventType> types = List.of(EventType.values());
        EventType next = types.get((types.indexOf(message.getPayload()) + 1) % types.size());
        return MessageBuilder.withPayload(next)
            .copyHeaders(message.getHeaders())
            .build();
      }
    });
  }

  private static void dropsHeaders(SpringObservers observers) {
    observers.interceptor(new StateMachineInterceptorAdapter<>() {
      @Override
      public Message<EventType> preEvent(
          Message<EventType> message, StateMachine<Phase, EventType> machine) {
        return MessageBuilder.withPayload(message.getPayload()).build();
      }
    });
  }
}

package io.kubesolo.update.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.test.util.ReflectionTestUtils;

class UpdateAutoConfigurationTest {
  @TempDir
  private Path dir;

  private Path file;
  private ApplicationContextRunner application;

  @BeforeEach
  void configure() {
    file = dir.resolve("state.json");
    application = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(UpdateAutoConfiguration.class))
        .withPropertyValues(
            "update.file=" + file,
            "update.tick-interval=1h",
            "management.endpoints.web.exposure.include=update");
  }

  private static UpdateLifecycle lifecycle(ApplicationContext context) {
    return context.getBean(UpdateLifecycle.class);
  }

  @Test
  void givesNothingToAnApplicationThatNamesNoFile() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(UpdateAutoConfiguration.class))
        .run(context -> assertThat(context)
            .hasNotFailed()
            .doesNotHaveBean(UpdateLifecycle.class)
            .doesNotHaveBean(UpdateTicker.class));
  }

  @Test
  void givesALifecycleOverTheFile() {
    application.run(context -> {
      assertThat(context.getBean(LifecycleEngine.class)).isInstanceOf(TableEngine.class);
      assertThat(lifecycle(context).send(new Check()).isRight()).isTrue();
      assertThat(StateFile.at(file).read().get().state().phase()).isEqualTo(Phase.CHECKING);
    });
    assertThat(file).exists();
  }

  @Test
  void readsEngineAttemptsAndDeadlinesFromProperties() {
    application
        .withPropertyValues(
            "update.engine=spring",
            "update.max-attempts=7",
            "update.deadlines.staged=2h",
            "update.deadlines.checking=0s")
        .run(context -> {
          assertThat(context.getBean(LifecycleEngine.class)).isInstanceOf(SpringEngine.class);
          LifecycleSettings settings = context.getBean(LifecycleSettings.class);
          assertThat(settings.maxAttempts()).isEqualTo(7);
          assertThat(settings.deadlines().limit(Phase.STAGED)).containsExactly(Duration.ofHours(2));
          assertThat(settings.deadlines().limit(Phase.CHECKING)).isEmpty();
          assertThat(settings.deadlines().limit(Phase.VERIFYING))
              .containsExactly(Duration.ofMinutes(30));
        });
  }

  @Test
  void doesNotStartOnAnInvalidFile() throws IOException {
    Files.writeString(file, "{");
    application.run(context ->
        assertThat(context).getFailure().rootCause().hasMessageContaining(file.toString()));
  }

  @Test
  void closesTheLifecycleWithTheApplication() {
    UpdateLifecycle[] opened = new UpdateLifecycle[1];
    application.run(context -> opened[0] = lifecycle(context));
    assertThatIllegalStateException().isThrownBy(() -> opened[0].send(new Check()));
  }

  /** An application that listens to transitions. */
  @Configuration
  static class Listening {
    final BlockingQueue<Transition> transitions = new LinkedBlockingQueue<>();

    @EventListener
    void on(Transition transition) {
      transitions.add(transition);
    }
  }

  @Test
  void publishesEachTransitionAsAnApplicationEvent() {
    application.withUserConfiguration(Listening.class).run(context -> {
      lifecycle(context).send(new NoUpdate());
      lifecycle(context).send(new Check());

      Transition published =
          context.getBean(Listening.class).transitions.poll(10, TimeUnit.SECONDS);
      assertThat(published).isNotNull();
      assertThat(published.event()).isEqualTo(new Check());
      assertThat(published.after()).isEqualTo(lifecycle(context).state());
    });
  }

  /** Returns the health, whose class is not the same on each line of Spring Boot. */
  private static Object health(ApplicationContext context) {
    Object indicator = context.getBean("updateHealthIndicator");
    return Objects.requireNonNull(ReflectionTestUtils.<Object>invokeMethod(indicator, "health"));
  }

  @Test
  void isHealthyIfTheStateCanBeRead() {
    application.run(context -> {
      lifecycle(context).send(new Check());
      assertThat(health(context))
          .extracting("status.code", "details")
          .containsExactly("UP", Map.of("phase", "checking", "revision", 1L, "overdue", false));

      Files.writeString(file, "{");
      assertThat(health(context)).extracting("status.code").isEqualTo("DOWN");
      assertThat(health(context))
          .extracting("details.problem")
          .asString()
          .contains(file.toString());
    });
  }

  @Test
  void isDownIfTheLifecycleCannotBeRead() {
    application.run(context -> {
      lifecycle(context).close();
      assertThat(health(context)).extracting("status.code").isEqualTo("DOWN");
    });
  }

  @Test
  void hasNoHealthIndicatorIfItIsSwitchedOff() {
    application
        .withPropertyValues("management.health.update.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("updateHealthIndicator"));
  }

  @Test
  void describesTheStateAtTheEndpoint() {
    application.run(context -> {
      lifecycle(context).send(new Check());
      Map<String, Object> answer = context.getBean(UpdateEndpoint.class).update();
      assertThat(answer)
          .containsEntry("permitted", List.of("no_update", "download", "fail", "cancel"))
          .containsEntry("deadline_s", 300L)
          .containsEntry("overdue", false);
      assertThat(answer.get("state")).asString().contains("phase=checking", "revision=1");

      Files.writeString(file, "{");
      assertThat(context.getBean(UpdateEndpoint.class).update()).containsOnlyKeys("problem");
    });
  }

  @Test
  void hasTheMetricsOfTheAgent() {
    application.run(context -> {
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      UpdateMetrics metrics = context.getBean(UpdateMetrics.class);
      metrics.bindTo(registry);
      assertThat(registry.scrape())
          .contains("kubesolo_update_phase{phase=\"idle\"} 1.0")
          .doesNotContain("started_timestamp", "deadline_seconds", "phase_age");

      lifecycle(context).send(new Check());
      lifecycle(context).send(new Download("v2", "v1"));
      context.getBean(UpdateTicker.class).tick();
      System.gc();
      assertThat(registry.scrape().lines())
          .contains(
              "kubesolo_update_state_readable 1.0",
              "kubesolo_update_phase{phase=\"idle\"} 0.0",
              "kubesolo_update_phase{phase=\"downloading\"} 1.0",
              "kubesolo_update_transitions_total 2.0",
              "kubesolo_update_attempts 1.0",
              "kubesolo_update_attempts_limit 3.0",
              "kubesolo_update_error 0.0",
              "kubesolo_update_overdue 0.0",
              "kubesolo_update_deadline_seconds 21600.0",
              "kubesolo_update_version_info{from_version=\"v1\",to_version=\"v2\"} 1")
          .anyMatch(line -> line.startsWith("kubesolo_update_phase_age_seconds "))
          .anyMatch(line -> line.startsWith("kubesolo_update_started_timestamp_seconds "))
          .anyMatch(line -> line.startsWith("kubesolo_update_updated_timestamp_seconds "))
          .noneMatch(line -> line.contains("from_version=\"\""));
    });
  }

  @Test
  void hasOneMetricIfTheStateCannotBeRead() {
    application.run(context -> {
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      context.getBean(UpdateMetrics.class).bindTo(registry);
      Files.writeString(file, "{");
      context.getBean(UpdateTicker.class).tick();
      assertThat(registry.scrape().lines().filter(line -> !line.startsWith("#")))
          .containsExactly("kubesolo_update_state_readable 0.0");
    });
  }

  @Test
  void lacksNoMetricWhileItChanges() {
    application.run(context -> {
      PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      UpdateMetrics metrics = context.getBean(UpdateMetrics.class);
      lifecycle(context).send(new Check());
      metrics.bindTo(registry);
      long samples = registry.scrape().lines().count();
      Thread changes = new Thread(() -> {
        while (!Thread.currentThread().isInterrupted()) {
          metrics.on(new StateRead(Either.right(lifecycle(context).state())));
        }
      });
      changes.start();
      try {
        for (int i = 0; i < 500; i++) {
          assertThat(registry.scrape().lines().count()).isEqualTo(samples);
        }
      } finally {
        changes.interrupt();
        changes.join();
      }
    });
  }

  @Test
  void endsAnOverduePhaseOnSchedule() {
    application
        .withBean(
            LifecycleSettings.class,
            () -> LifecycleSettings.DEFAULT.withBoot(new MovingBoot()::next))
        .withPropertyValues("update.tick-interval=20ms")
        .run(context -> {
          lifecycle(context).send(new Check());
          for (int i = 0; i < 500 && lifecycle(context).state().phase() != Phase.FAILED; i++) {
            Thread.sleep(20);
          }
          assertThat(lifecycle(context).state().lastError())
              .containsExactly("timed out in checking after 5m");
        });
  }

  /** A boot whose uptime grows by a minute each time that it is asked. */
  private static final class MovingBoot {
    private long minutes;

    synchronized Option<Boot> next() {
      return Option.some(new Boot("boot", Duration.ofMinutes(++minutes)));
    }
  }

  @Test
  void readsOnScheduleWhatAnotherProcessHasWritten() {
    application.run(context -> {
      UpdateLifecycle other = UpdateLifecycle.open(
              StateFile.at(file), LifecycleSettings.DEFAULT, new TableEngine())
          .get();
      other.send(new Check());
      assertThat(lifecycle(context).state().phase()).isEqualTo(Phase.IDLE);
      context.getBean(UpdateTicker.class).tick();
      assertThat(lifecycle(context).state().phase()).isEqualTo(Phase.CHECKING);
    });
  }

  @Test
  void doesWithoutActuatorAndMicrometer() {
    application
        .withClassLoader(new FilteredClassLoader(
            "org.springframework.boot.actuate",
            "org.springframework.boot.health",
            "io.micrometer.core.instrument"))
        .run(context -> assertThat(context)
            .hasNotFailed()
            .hasSingleBean(UpdateLifecycle.class)
            .doesNotHaveBean("updateHealthIndicator")
            .doesNotHaveBean("updateMetrics")
            .doesNotHaveBean("updateEndpoint"));
  }

  @Test
  void givesWayToTheApplicationsOwnBeans() {
    application
        .withUserConfiguration(Own.class)
        .run(context ->
            assertThat(context.getBean(LifecycleEngine.class)).isSameAs(context.getBean("own")));
  }

  /** An application with an engine of its own. */
  @Configuration
  static class Own {
    @Bean
    LifecycleEngine own() {
      return new TableEngine();
    }
  }
}

package io.kubesolo.update.boot;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.TransitionListener;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Gives an application that sets {@code update.file} a bean of {@link UpdateLifecycle}, with a
 * health indicator, metrics and an endpoint if Spring Boot's actuator is on the class path. A bean
 * of the application replaces the one of the same type here.
 *
 * <p>Each transition of the lifecycle is published as an application event of the type {@link
 * io.kubesolo.update.core.Transition}, after it is durable.
 */
@AutoConfiguration
@ConditionalOnProperty("update.file")
@EnableConfigurationProperties(UpdateProperties.class)
@Import({Boot3Health.class, Boot4Health.class})
public class UpdateAutoConfiguration {
  /** Makes the configuration. */
  public UpdateAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  StateStore updateStateStore(UpdateProperties properties) {
    return StateFile.at(Path.of(properties.file()));
  }

  @Bean
  @ConditionalOnMissingBean
  LifecycleEngine updateEngine(UpdateProperties properties) {
    return properties.engine().create();
  }

  @Bean
  @ConditionalOnMissingBean
  LifecycleSettings updateSettings(
      UpdateProperties properties,
      ObjectProvider<TransitionListener> listeners,
      ApplicationEventPublisher publisher) {
    TransitionListener publish = publisher::publishEvent;
    return LifecycleSettings.DEFAULT
        .withMaxAttempts(properties.maxAttempts())
        .withDeadlines(Deadlines.DEFAULT.with(properties.deadlines()))
        .withListeners(Stream.concat(Stream.of(publish), listeners.orderedStream())
            .toArray(TransitionListener[]::new));
  }

  @Bean
  @ConditionalOnMissingBean
  UpdateLifecycle updateLifecycle(
      StateStore store, LifecycleSettings settings, LifecycleEngine engine) {
    return UpdateLifecycle.open(store, settings, engine)
        .getOrElseThrow(failure -> new IllegalStateException(failure.message()));
  }

  @Bean
  @ConditionalOnMissingBean
  UpdateTicker updateTicker(
      UpdateLifecycle lifecycle, UpdateProperties properties, ApplicationEventPublisher publisher) {
    return new UpdateTicker(lifecycle, properties.tickInterval(), publisher);
  }

  /** The beans that need Micrometer. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  static class Metrics {
    @Bean
    @ConditionalOnMissingBean
    UpdateMetrics updateMetrics(UpdateLifecycle lifecycle, LifecycleSettings settings) {
      return new UpdateMetrics(lifecycle, settings);
    }
  }

  /** The beans that need the endpoints of Spring Boot's actuator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
  static class Web {
    @Bean
    @ConditionalOnAvailableEndpoint(endpoint = UpdateEndpoint.class)
    @ConditionalOnMissingBean
    UpdateEndpoint updateEndpoint(UpdateLifecycle lifecycle, LifecycleSettings settings) {
      return new UpdateEndpoint(lifecycle, settings);
    }
  }
}

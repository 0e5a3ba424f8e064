package io.kubesolo.update.boot;

import io.kubesolo.update.fsm.UpdateLifecycle;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health indicator, if the application has the health of Spring Boot 3. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
class Boot3Health {
  @Bean
  @ConditionalOnMissingBean(name = "updateHealthIndicator")
  @ConditionalOnEnabledHealthIndicator("update")
  HealthIndicator updateHealthIndicator(UpdateLifecycle lifecycle) {
    return new AbstractHealthIndicator(UpdateHealth.FAILED) {
      @Override
      protected void doHealthCheck(Health.Builder health) {
        UpdateHealth read = UpdateHealth.of(lifecycle);
        (read.isUp() ? health.up() : health.down()).withDetails(read.details());
      }
    };
  }
}

package io.kubesolo.update.boot;

import io.kubesolo.update.fsm.UpdateLifecycle;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health indicator, if the application has the health of Spring Boot 4. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
class Boot4Health {
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

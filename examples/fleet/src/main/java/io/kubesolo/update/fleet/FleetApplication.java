package io.kubesolo.update.fleet;

import com.zaxxer.hikari.HikariDataSource;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.persist.SqlStateStore;
import java.util.List;
import javax.sql.DataSource;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.filters.FailedRequestFilter;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The service. */
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@EnableScheduling
@EnableConfigurationProperties(FleetProperties.class)
public class FleetApplication {
  /**
   * Runs the service until the process is ended.
   *
   * @param arguments options of Spring Boot, such as {@code --server.port=8080}
   */
  public static void main(String[] arguments) {
    SpringApplication.run(FleetApplication.class, arguments);
  }

  @Bean
  LifecycleEngine engine() {
    return new TableEngine();
  }

  /** Reports the server's settings that can lose acknowledged events; the log has them too. */
  @Bean
  HealthIndicator durability(DataSource source) {
    List<String> warnings = SqlStateStore.serverWarnings(source);
    warnings.forEach(LoggerFactory.getLogger(FleetApplication.class)::warn);
    Health health = Health.up().withDetail("warnings", warnings).build();
    return () -> health;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> errorReports() {
    return factory -> factory.addContextCustomizers(context -> ((StandardHost) context.getParent())
        .setErrorReportValveClass(ProblemValve.class.getName()));
  }

  /** Refuses a query that cannot be decoded; Tomcat would leave its invalid parameters out. */
  @Bean
  FilterRegistrationBean<FailedRequestFilter> invalidQueries() {
    FilterRegistrationBean<FailedRequestFilter> filter =
        new FilterRegistrationBean<>(new FailedRequestFilter());
    filter.addUrlPatterns("/devices", "/counts", "/events", "/list", "/device");
    return filter;
  }

  /** Returns the pool of connections to the database. Each wait for the server has a timeout. */
  @Bean(destroyMethod = "close")
  @ConfigurationProperties("spring.datasource.hikari")
  HikariDataSource dataSource(DataSourceProperties properties) {
    HikariDataSource source =
        properties.initializeDataSourceBuilder().type(HikariDataSource.class).build();
    source.setConnectionTimeout(10_000);
    if (properties.determineUrl().startsWith("jdbc:postgresql:")) {
      source.addDataSourceProperty("connectTimeout", "10");
      source.addDataSourceProperty("socketTimeout", "30");
      source.addDataSourceProperty("tcpKeepAlive", "true");
    }
    return source;
  }
}

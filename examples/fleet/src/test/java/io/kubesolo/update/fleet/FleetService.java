package io.kubesolo.update.fleet;

import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An instance of the service in this process, and a client of it. */
final class FleetService extends FleetClient implements AutoCloseable {
  final ConfigurableApplicationContext context;

  FleetService(String database, String... options) {
    this(new SpringApplicationBuilder(FleetApplication.class)
        .run(Stream.concat(
                Stream.of(
                    "--server.port=0",
                    "--spring.jmx.enabled=false",
                    "--logging.level.root=warn",
                    "--fleet.database=" + database),
                Stream.of(options))
            .toArray(String[]::new)));
  }

  private FleetService(ConfigurableApplicationContext context) {
    super(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    this.context = context;
  }

  @Override
  public void close() {
    context.close();
  }
}

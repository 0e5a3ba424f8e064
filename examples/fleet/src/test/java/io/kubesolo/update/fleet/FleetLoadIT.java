package io.kubesolo.update.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.fleet.FleetLoad.Found;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The measurement of a small fleet, with instances of the packaged service. */
class FleetLoadIT {
  private static final int DEVICES = 200;

  @TempDir
  Path folder;

  @Test
  void losesNoEventOfAnInstanceThatIsKilledAndNoticesIfOneIsLostOrThereTwice() throws Exception {
    Path jar = Path.of("target/fleet.jar");
    try (FleetLoad fleet =
        new FleetLoad(jar, folder, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")) {
      assertThat(SqlContenders.measure(fleet.database(), fleet.instance(), 50))
          .hasSize(8)
          .allMatch(result -> result.median() > 0);
      assertThat(fleet.run(DEVICES)).contains("| devices | 200 |", "| lost | 0 |", "| twice | 0 |");

      assertThat(fleet.look(DEVICES)).isEqualTo(new Found(0, 0, 0));
      String entry = " FROM fleet_transition WHERE json LIKE '%\"device-7\",\"revision\":3,%'";
      String row = " WHERE id = 'device-7'";
      fleet.execute("UPDATE update_state SET revision = revision + 1" + row);
      assertThat(fleet.look(DEVICES)).isEqualTo(new Found(0, 0, 1));
      fleet.execute("DELETE FROM update_state" + row);
      assertThat(fleet.look(DEVICES)).isEqualTo(new Found(0, 0, 1));
      fleet.execute("INSERT INTO fleet_transition SELECT -1, at, json" + entry);
      assertThat(fleet.look(DEVICES)).isEqualTo(new Found(0, 1, 1));
      fleet.execute("DELETE" + entry);
      assertThat(fleet.look(DEVICES)).isEqualTo(new Found(1, 0, 1));

      assertThat(fleet.counts(DEVICES)).hasSize(5);
    }
  }
}

package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinuxBootTest {
  @Test
  void readsTheKernelsBootIdAndUptime() throws IOException {
    Duration before = uptime();
    Boot boot = LinuxBoot.now().get();
    Boot later = LinuxBoot.now().get();
    Duration after = uptime();

    assertThat(boot.id())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip())
        .isEqualTo(later.id());
    assertThat(boot.uptime()).isBetween(before, later.uptime());
    assertThat(later.uptime()).isLessThanOrEqualTo(after);
  }

  private static Duration uptime() throws IOException {
    String seconds = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
    return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValueExact());
  }
}

package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.LinuxBoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** State files of updates that have been in their phase since this machine was started. */
public final class OverdueState {
  private OverdueState() {}

  /** Writes one of this boot, whose wall clock says that it is from the far future. */
  public static void write(Path file, String phase) throws IOException {
    write(file, phase, LinuxBoot.now().map(Boot::id).getOrElse("unknown"));
  }

  public static void write(Path file, String phase, String bootId) throws IOException {
    Files.writeString(file, """
        {
          "phase": "%s",
          "from_version": "v1",
          "to_version": "v2",
          "started_at": "2999-01-01T00:00:00Z",
          "updated_at": "2999-01-01T00:00:00Z",
          "attempt_count": 1,
          "revision": 7,
          "boot": {"id": "%s", "uptime_s": 0},
          "history": []
        }
        """.formatted(phase, bootId));
  }
}

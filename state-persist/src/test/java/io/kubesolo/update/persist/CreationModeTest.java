package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.Operation;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Under the umask 000, other users cannot open a new file even for a moment: a descriptor that they
 * got then would stay writable.
 */
final class CreationModeTest {
  private final Set<String> modes = new TreeSet<>();

  private void collect(String path, Image image) {
    if (image instanceof Image.Plain file) {
      modes.add(file.mode() + " " + path.replaceAll("[0-9a-f]{16}", "*"));
    } else if (image instanceof Image.Directory directory) {
      modes.add(directory.mode() + " " + path);
      for (Map.Entry<String, Image> entry : directory.entries().entrySet()) {
        collect(path + "/" + entry.getKey(), entry.getValue());
      }
    }
  }

  @Test
  void noFileOrDirectoryIsEverMoreAccessibleThanAtTheEnd() {
    Life life = new Life(new Disk(Life.bare()), Ledger.at(0));
    life.process.injectFaults((Operation operation) -> {
      collect("", life.process.disk().visible());
      return null;
    });
    Life.required("event", life.event());
    collect("", life.process.disk().visible());
    assertThat(modes)
        .containsExactlyInAnyOrder(
            "rwxr-xr-x ",
            "rwxr-xr-x /var",
            "rwxr-xr-x /var/lib",
            "rwxr-xr-x /var/lib/kubesolo",
            "rwxr-xr-x " + Life.DIRECTORY,
            "rw------- " + Life.FILE + ".lock",
            "rw------- " + Life.FILE + ".outcome",
            "rw------- " + Life.DIRECTORY + "/.state.json.*.tmp",
            "rw-r--r-- " + Life.DIRECTORY + "/.state.json.*.tmp",
            "rw-r--r-- " + Life.FILE);
  }
}

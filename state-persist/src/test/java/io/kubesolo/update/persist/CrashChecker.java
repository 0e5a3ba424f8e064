package io.kubesolo.update.persist;

import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Image;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the power before each operation of a scenario, boots from every disk that may be left, and
 * cuts it again before each operation of that recovery. Kills the process at each moment, too, and
 * then cuts the power at any moment of what its successor does. All the while another process reads.
 */
final class CrashChecker {
  private final Set<Boot> known = new HashSet<>();
  private final Set<Met> readers = new HashSet<>();
  private long cuts;
  private long kills;
  private long left;

  /** A disk after a power cut, and what it may hold. */
  private record Boot(Image image, Ledger ledger) {}

  /** The file that a reader meets, if any, and what it may hold. */
  private record Met(@Nullable Image file, Ledger ledger) {}

  /** The end of a process. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  long states() {
    return known.size();
  }

  String counts() {
    return "%,d power cuts, %,d kills, %,d disks left, %,d of them different"
        .formatted(cuts, kills, left, states());
  }

  /** Checks power cuts; a broken promise is a {@link Violation}. */
  CrashChecker cut(Image start, Ledger ledger, Consumer<Life> scenario) {
    List<Boot> boots = new ArrayList<>();
    live(new Disk(start), ledger, scenario, boots);
    recover(boots);
    return this;
  }

  /** Checks kills, and power cuts during what the successor does. */
  CrashChecker kill(Image start, Ledger ledger, Consumer<Life> scenario) {
    List<Boot> boots = new ArrayList<>();
    for (int k : live(new Disk(start), ledger, scenario, new ArrayList<>())) {
      kills++;
      Disk disk = new Disk(start);
      Ledger then = kill(disk, ledger, scenario, k);
      live(disk, then, Life::recover, boots);
    }
    boots.forEach(boot -> recover(boot, new ArrayList<>()));
    return this;
  }

  private void recover(List<Boot> boots) {
    List<Boot> again = new ArrayList<>();
    boots.forEach(boot -> recover(boot, again));
    again.forEach(boot -> recover(boot, new ArrayList<>()));
  }

  private void recover(Boot boot, List<Boot> next) {
    live(new Disk(boot.image), boot.ledger, Life::recover, next);
  }

  /**
   * Lives through a scenario, noting what a power cut at each moment would leave. Yields the moments
   * before which something changed.
   */
  private List<Integer> live(Disk disk, Ledger ledger, Consumer<Life> scenario, List<Boot> boots) {
    List<Integer> moments = new ArrayList<>();
    Life life = new Life(disk, ledger);
    life.process.watched(operation -> {
      if (look(life, boots)) {
        moments.add(operation.index());
      }
    });
    scenario.accept(life);
    look(life, boots);
    life.process.end();
    return moments;
  }

  private static Ledger kill(Disk disk, Ledger ledger, Consumer<Life> scenario, int k) {
    Life life = new Life(disk, ledger);
    life.process.watched(operation -> {
      if (operation.index() >= k) {
        throw new Killed();
      }
    });
    try {
      scenario.accept(life);
      throw new Violation("outlived its kill before operation " + k);
    } catch (Killed e) {
      life.process.end();
      return life.ledger();
    }
  }

  private boolean look(Life life, List<Boot> boots) {
    cuts++;
    if (!life.hasChanged()) {
      return false;
    }
    Disk disk = life.process.disk();
    if (life.ledger().repaired() && readers.add(new Met(life.stateFile(), life.ledger()))) {
      Life.required("reader", new Life(disk, life.ledger()).read());
    }
    for (Image image : disk.left()) {
      left++;
      Boot boot = new Boot(image, life.ledger());
      if (known.add(boot)) {
        boots.add(boot);
      }
    }
    return true;
  }
}

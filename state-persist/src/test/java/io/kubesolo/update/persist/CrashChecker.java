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
 *
 * <p>What a recovery leaves of marks is not enumerated: they are of an earlier boot again, as those are
 * that the first power cut leaves.
 */
final class CrashChecker {
  private final Set<Boot> known = new HashSet<>();
  private final Set<Met> readers = new HashSet<>();
  private long cuts;
  private long kills;
  private long left;

  /** A disk after a power cut, and what it may hold. */
  private record Boot(Image image, Ledger ledger, int number) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Boot boot && image.equals(boot.image) && ledger.equals(boot.ledger);
    }

    @Override
    public int hashCode() {
      return image.hashCode() * 31 + ledger.hashCode();
    }
  }

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
    live(new Disk(start), ledger, scenario, 2, boots);
    recover(boots);
    return this;
  }

  /** Checks power cuts while one process after another is at work in one boot. */
  CrashChecker cutInTurn(Image start, Ledger ledger, List<Consumer<Life>> scenarios) {
    List<Boot> boots = new ArrayList<>();
    Disk disk = new Disk(start);
    Ledger then = ledger;
    for (Consumer<Life> scenario : scenarios) {
      Life life = watched(disk, then, new ArrayList<>(), 2, boots);
      scenario.accept(life);
      look(life, 2, boots);
      then = life.ledger();
      life.process.end();
    }
    recover(boots);
    return this;
  }

  /** Checks kills, and power cuts during what the successor does. */
  CrashChecker kill(Image start, Ledger ledger, Consumer<Life> scenario) {
    List<Boot> boots = new ArrayList<>();
    for (int k : live(new Disk(start), ledger, scenario, 2, new ArrayList<>())) {
      kills++;
      Disk disk = new Disk(start);
      Ledger then = kill(disk, ledger, scenario, k);
      live(disk, then, Life::recover, 2, boots);
    }
    boots.forEach(boot -> recover(boot, new ArrayList<>()));
    return this;
  }

  /** Checks kills alone, and what the next process makes of what each leaves. */
  CrashChecker killAlone(Image start, Ledger ledger, Consumer<Life> scenario) {
    for (int k : live(new Disk(start), ledger, scenario, 2, new ArrayList<>())) {
      kills++;
      Disk disk = new Disk(start);
      new Life(disk, kill(disk, ledger, scenario, k)).recover();
    }
    return this;
  }

  private void recover(List<Boot> boots) {
    List<Boot> again = new ArrayList<>();
    boots.forEach(boot -> recover(boot, again));
    again.forEach(boot -> recover(boot, new ArrayList<>()));
  }

  private void recover(Boot boot, List<Boot> next) {
    live(new Disk(boot.image, boot.number), boot.ledger, Life::recover, boot.number + 1, next);
  }

  /**
   * Lives through a scenario, noting what a power cut at each moment would leave. Yields the moments
   * before which something changed.
   */
  private List<Integer> live(
      Disk disk, Ledger ledger, Consumer<Life> scenario, int nextBoot, List<Boot> boots) {
    List<Integer> moments = new ArrayList<>();
    Life life = watched(disk, ledger, moments, nextBoot, boots);
    scenario.accept(life);
    look(life, nextBoot, boots);
    life.process.end();
    return moments;
  }

  private Life watched(
      Disk disk, Ledger ledger, List<Integer> moments, int nextBoot, List<Boot> boots) {
    Life life = new Life(disk, ledger);
    life.process.watched(operation -> {
      if (look(life, nextBoot, boots)) {
        moments.add(operation.index());
      }
    });
    return life;
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

  private boolean look(Life life, int nextBoot, List<Boot> boots) {
    cuts++;
    if (!life.hasChanged()) {
      return false;
    }
    Disk disk = life.process.disk();
    if (life.ledger().repaired() && readers.add(new Met(life.stateFile(), life.ledger()))) {
      Life.required("reader", new Life(disk, life.ledger()).read());
    }
    for (Image left : disk.left()) {
      Image image = nextBoot > 2 ? Life.withoutMark(left) : left;
      this.left++;
      Boot boot = new Boot(image, life.ledger(), nextBoot);
      if (known.add(boot)) {
        boots.add(boot);
      }
    }
    return true;
  }
}

package io.kubesolo.update.persist;

import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.Lie;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Cuts the power before each operation of a scenario, boots from every disk that may be left, and
 * cuts it again before each operation of that recovery. Kills the process before each operation,
 * too, and then cuts the power at any moment of what its successor does. All the while another
 * process reads.
 */
final class CrashChecker {
  private final Function<Path, StateStore> stores;
  private final Set<Lie> lies;
  private final Set<Boot> known = new HashSet<>();
  private long cuts;
  private long left;

  CrashChecker(Function<Path, StateStore> stores, Set<Lie> lies) {
    this.stores = stores;
    this.lies = lies;
  }

  /** A disk after a power cut, and what it may hold. */
  private record Boot(Image image, Ledger ledger) {}

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
    return "%,d power cuts, %,d disks left, %,d of them different".formatted(cuts, left, states());
  }

  /** Checks a scenario; a broken promise is a {@link Violation}. */
  CrashChecker check(Image start, Ledger ledger, Consumer<Life> scenario) {
    List<Boot> boots = new ArrayList<>();
    int operations = live(new Disk(start).lying(lies), ledger, scenario, boots);
    List<Boot> again = new ArrayList<>();
    boots.forEach(boot -> recover(boot, again));
    for (int k = 0; k < operations; k++) {
      Disk disk = new Disk(start).lying(lies);
      Ledger then = kill(disk, ledger, scenario, k);
      live(disk, then, Life::recover, again);
    }
    again.forEach(boot -> recover(boot, new ArrayList<>(0)));
    return this;
  }

  private void recover(Boot boot, List<Boot> next) {
    live(new Disk(boot.image).lying(lies), boot.ledger, Life::recover, next);
  }

  /** Lives through a scenario, noting what a power cut at each moment would leave. */
  private int live(Disk disk, Ledger ledger, Consumer<Life> scenario, List<Boot> boots) {
    Life life = new Life(disk, stores, ledger);
    life.process.watched(operation -> look(life, boots));
    scenario.accept(life);
    look(life, boots);
    int operations = life.process.operations().size();
    life.process.end();
    return operations;
  }

  private Ledger kill(Disk disk, Ledger ledger, Consumer<Life> scenario, int k) {
    Life life = new Life(disk, stores, ledger);
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

  private void look(Life life, List<Boot> boots) {
    cuts++;
    if (!life.hasChanged()) {
      return;
    }
    if (!life.ledger().invalid()) {
      Life reader = new Life(life.process.disk(), stores, life.ledger());
      Life.required("reader", reader.read());
    }
    for (Image image : life.process.disk().left()) {
      left++;
      Boot boot = new Boot(image, life.ledger());
      if (known.add(boot)) {
        boots.add(boot);
      }
    }
  }
}

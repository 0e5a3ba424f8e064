package io.kubesolo.update.agent.update;

import io.kubesolo.update.core.Phase;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a device's state on which its future depends, as a value of a few bits. Versions are numbers
 * from 1 on, 0 is none; a set of versions is a number with a bit for each.
 *
 * <p>These parts of a device directory are left out, because no command depends on them. A test checks
 * that two directories with the same state lead to the same states.
 *
 * <ul>
 *   <li>revision, times, boot ids and error texts, which are only compared with each other or shown. What
 *       such a comparison says is a part of the state;
 *   <li>the letters of the slots, unless the boot environment is damaged: the boot loader then tries slot
 *       a first. The letter of a slot is not decided until then: the walk explores both;
 *   <li>{@code from_version}, which is only shown;
 *   <li>the history, except whether its last entry is a {@code fail} from checking, in failed, and whether
 *       it holds a rollback of the target from success, in success. Old
 *       entries are dropped, so the walk explores both cases;
 *   <li>attempts above the maximum, and the target of which there were none, in phases that read the target
 *       only to count;
 *   <li>the order of the versions that were rolled back, of which fewer are in the walk than are kept;
 *   <li>a check that passed: only one that failed is read;
 *   <li>the file of a download, which a power cut may bring back even if it was removed: it can only make
 *       a download end as with a server that sends the right image;
 *   <li>the boot of the last event, except in downloading and activated, the only phases that ask for it;
 *   <li>the mark of an unknown outcome while the device is down: one that is incomplete counts in any boot,
 *       so the walk explores both cases after a boot;
 *   <li>the events in that mark: no command sends the event that led to the present
 *       state again, but {@code cancel} and {@code ack}, which then only exit with 0;
 *   <li>in a note of the fleet lock, why it was refused, which is only shown.
 * </ul>
 *
 * @param booted whether a slot runs
 * @param first the running slot; of a device that is down, the one that the boot loader calls active
 * @param second the other slot
 * @param firstIsB the letter of the first slot, where it counts
 * @param envDamaged whether the boot loader cannot read its environment
 * @param secondActive whether the second slot is the active one
 * @param counter the boots left
 * @param good whether the active slot is marked good
 * @param wanted the version that the last switch wanted
 * @param unsettled whether the last write of the state file may not be durable
 * @param valid whether the state file is
 * @param detail in downloading and activated, whether the device did not boot since the event; in failed,
 *     whether a check failed; in success, whether the target fell back from success before
 * @param tried in activated, whether the target runs, or the boot loader has started it since the event; no
 *     file holds this
 * @param lock the bits of {@link Lock}
 */
record WalkState(
    boolean booted,
    Slot first,
    Slot second,
    boolean firstIsB,
    boolean envDamaged,
    boolean secondActive,
    int counter,
    boolean good,
    int wanted,
    boolean unsettled,
    boolean valid,
    Phase phase,
    int to,
    int attempts,
    int givenUp,
    boolean detail,
    boolean tried,
    int lock) {
  static final int VERSIONS = 3;

  private static final int BITS_OF_COUNTER = 2;
  private static final int BITS_OF_PHASE = 4;
  private static final List<Phase> PHASES = List.of(Phase.values());

  /** The state of the fleet lock, if there is one. */
  static final class Lock {
    /** The device notes that it may hold the lock. */
    static final int NOTED = 1;
    /** The device notes that it released the lock in this boot. */
    static final int GIVEN_BACK = 2;
    /** The server counts the device as one that holds the lock; no file holds this. */
    static final int HELD = 4;

    private Lock() {}
  }

  /**
   * A slot.
   *
   * @param version what its note says; 0 without one, and then the slot is not whole
   * @param whole whether it holds what its note says
   * @param failed whether its last check failed
   */
  record Slot(int version, boolean whole, boolean failed) {
    static final Slot EMPTY = new Slot(0, false, false);

    private int key() {
      return version << 2 | (whole ? 2 : 0) | (failed ? 1 : 0);
    }

    private static Slot of(int key) {
      return new Slot(key >> 2, (key & 2) != 0, (key & 1) != 0);
    }

    @Override
    public String toString() {
      return version == 0
          ? "empty"
          : "v" + version + (whole ? "" : " damaged") + (failed ? " failed" : "");
    }
  }

  /**
   * All permutations of the versions. The index of a version is the number of the one whose name it
   * gets.
   */
  static final List<int[]> RENAMINGS = renamings();

  private static List<int[]> renamings() {
    List<int[]> renamings = new ArrayList<>();
    for (int a = 1; a <= VERSIONS; a++) {
      for (int b = 1; b <= VERSIONS; b++) {
        if (a != b) {
          renamings.add(new int[] {0, a, b, 6 - a - b});
        }
      }
    }
    return renamings;
  }

  int runningVersion() {
    return booted ? first.version : 0;
  }

  boolean runs(int version) {
    return booted && first.version == version;
  }

  boolean isOnTarget() {
    return to != 0 && runs(to);
  }

  /** Returns whether the running slot is the one that boots next. */
  boolean isRunningNext() {
    return !envDamaged && !secondActive;
  }

  Slot active() {
    return secondActive ? second : first;
  }

  static int bit(int version) {
    return version == 0 ? 0 : 1 << (version - 1);
  }

  boolean isGivenUp(int version) {
    return (givenUp & bit(version)) != 0;
  }

  boolean isClaim() {
    return phase == Phase.VERIFYING || phase == Phase.SUCCESS;
  }

  /** Returns whether the second slot was found sick, did not come up, or was given up. */
  boolean isSecondSpent() {
    return second.failed || (wanted != 0 && wanted == second.version) || isGivenUp(second.version);
  }

  /** Returns whether a slot that does not run holds the target. */
  boolean holdsTarget() {
    return (second.whole && second.version == to)
        || (!booted && first.whole && first.version == to);
  }

  /**
   * Returns the versions that the boot loader starts, in their order, until one runs; by a model
   * of its script.
   */
  List<Integer> started() {
    List<Integer> started = new ArrayList<>();
    if (envDamaged) {
      Slot a = firstIsB ? second : first;
      Slot b = firstIsB ? first : second;
      started.add(a.version);
      if (!a.whole) {
        started.add(b.version);
      }
      return started;
    }
    boolean onSecond = secondActive;
    boolean marked = good;
    int left = counter;
    for (int boots = 0; boots < 20; boots++) {
      if (!marked && left == 0) {
        onSecond = !onSecond;
        left = 3;
      } else if (!marked) {
        left--;
      }
      marked = false;
      Slot slot = onSecond ? second : first;
      started.add(slot.version);
      if (slot.whole) {
        return started;
      }
    }
    return started;
  }

  /** Returns whether a slot runs after a boot. */
  boolean boots() {
    return envDamaged ? first.whole || second.whole : started().size() < 20;
  }

  /** Returns whether the next boot leaves a version that passed its check, and is not healthy any more. */
  boolean isToLeaveSuccess() {
    return booted && phase == Phase.SUCCESS && secondActive;
  }

  WalkState withTried(boolean value) {
    return with(firstIsB, unsettled, detail, value, lock);
  }

  WalkState withDetail(boolean value) {
    return with(firstIsB, unsettled, value, tried, lock);
  }

  WalkState withLock(int bits) {
    return with(firstIsB, unsettled, detail, tried, bits);
  }

  private WalkState with(
      boolean newLetter, boolean newUnsettled, boolean newDetail, boolean newTried, int newLock) {
    return new WalkState(
        booted,
        first,
        second,
        newLetter,
        envDamaged,
        secondActive,
        counter,
        good,
        wanted,
        newUnsettled,
        valid,
        phase,
        to,
        attempts,
        givenUp,
        newDetail,
        newTried,
        newLock);
  }

  /** Returns the states that may follow instead of this one, by what a state does not say. */
  List<WalkState> alternatives(WalkState before, String action) {
    boolean showsMark = booted && action.startsWith(DeviceWalk.BOOT);
    boolean showsHistory = phase == Phase.SUCCESS && before.phase != Phase.SUCCESS;
    boolean showsLetter = booted && envDamaged && !before.envDamaged;
    List<WalkState> alternatives = new ArrayList<>();
    for (boolean isB : showsLetter ? List.of(false, true) : List.of(firstIsB)) {
      for (boolean fellBack : showsHistory ? List.of(false, true) : List.of(detail)) {
        for (boolean isUnsettled : showsMark ? List.of(false, true) : List.of(unsettled)) {
          alternatives.add(with(isB, isUnsettled, fellBack, tried, lock));
        }
      }
    }
    return alternatives;
  }

  /** Returns this state with other names for the versions. */
  WalkState renamed(int[] names) {
    int newGivenUp = 0;
    for (int version = 1; version <= VERSIONS; version++) {
      newGivenUp |= isGivenUp(version) ? bit(names[version]) : 0;
    }
    return new WalkState(
        booted,
        new Slot(names[first.version], first.whole, first.failed),
        new Slot(names[second.version], second.whole, second.failed),
        firstIsB,
        envDamaged,
        secondActive,
        counter,
        good,
        names[wanted],
        unsettled,
        valid,
        phase,
        names[to],
        attempts,
        newGivenUp,
        detail,
        tried,
        lock);
  }

  /** Returns the number of this state. */
  long key() {
    long key = booted ? 1 : 0;
    key = key << 4 | first.key();
    key = key << 4 | second.key();
    key = append(key, firstIsB);
    key = append(key, envDamaged);
    key = append(key, secondActive);
    key = key << BITS_OF_COUNTER | counter;
    key = append(key, good);
    key = key << 2 | wanted;
    key = append(key, unsettled);
    key = append(key, valid);
    key = key << BITS_OF_PHASE | PHASES.indexOf(phase);
    key = key << 2 | to;
    key = key << 2 | attempts;
    key = key << VERSIONS | givenUp;
    key = append(key, detail);
    key = append(key, tried);
    return key << 3 | lock;
  }

  private static long append(long key, boolean bit) {
    return key << 1 | (bit ? 1 : 0);
  }

  /** Takes a number apart, from its end. */
  private static final class Reader {
    private long key;

    Reader(long key) {
      this.key = key;
    }

    int number(int bits) {
      int number = (int) (key & (1L << bits) - 1);
      key >>>= bits;
      return number;
    }

    boolean bit() {
      return number(1) == 1;
    }
  }

  /** Returns the state of a number. */
  static WalkState of(long key) {
    Reader reader = new Reader(key);
    int lock = reader.number(3);
    boolean tried = reader.bit();
    boolean detail = reader.bit();
    int givenUp = reader.number(VERSIONS);
    int attempts = reader.number(2);
    int to = reader.number(2);
    Phase phase = PHASES.get(reader.number(BITS_OF_PHASE));
    boolean valid = reader.bit();
    boolean unsettled = reader.bit();
    int wanted = reader.number(2);
    boolean good = reader.bit();
    int counter = reader.number(BITS_OF_COUNTER);
    boolean secondActive = reader.bit();
    boolean envDamaged = reader.bit();
    boolean firstIsB = reader.bit();
    Slot second = Slot.of(reader.number(4));
    Slot first = Slot.of(reader.number(4));
    return new WalkState(
        reader.bit(),
        first,
        second,
        firstIsB,
        envDamaged,
        secondActive,
        counter,
        good,
        wanted,
        unsettled,
        valid,
        phase,
        to,
        attempts,
        givenUp,
        detail,
        tried,
        lock);
  }

  /** Returns the index of the renaming that gives this state its least number. */
  int leastRenaming() {
    int least = 0;
    long leastKey = Long.MAX_VALUE;
    for (int i = 0; i < RENAMINGS.size(); i++) {
      long key = renamed(RENAMINGS.get(i)).key();
      if (key < leastKey) {
        least = i;
        leastKey = key;
      }
    }
    return least;
  }

  /** Returns the representative of all states that differ only in the names of the versions. */
  WalkState canonical() {
    return renamed(RENAMINGS.get(leastRenaming()));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(booted ? "runs " : "down, ");
    text.append(first).append("; other slot ").append(second).append("; ");
    if (envDamaged) {
      text.append("boot environment damaged, first slot ").append(firstIsB ? "b" : "a");
    } else {
      text.append(secondActive ? "other" : "first")
          .append(" slot active, counter ")
          .append(counter)
          .append(good ? " good" : "");
      text.append(wanted == 0 ? "" : ", target v" + wanted);
    }
    text.append("; ").append(valid ? phase.toString() : "state file damaged");
    text.append(to == 0 ? "" : " v" + to + ", attempts " + attempts);
    for (int version = 1; version <= VERSIONS; version++) {
      text.append(isGivenUp(version) ? ", v" + version + " given up" : "");
    }
    String word = switch (phase) {
      case DOWNLOADING, ACTIVATED -> ", same boot";
      case FAILED -> ", check failed";
      default -> ", fell back before";
    };
    text.append(detail ? word : "").append(tried ? ", tried" : "");
    text.append(unsettled ? ", unsettled" : "");
    return text.append(lock == 0 ? "" : ", lock " + lock).toString();
  }
}

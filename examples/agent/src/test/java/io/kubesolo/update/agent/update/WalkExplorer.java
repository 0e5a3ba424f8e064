package io.kubesolo.update.agent.update;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The graph of the states that commands, kills and power cuts lead to, and the rounds in it by which a
 * device comes to rest. States that differ only in the names of the versions are one state.
 *
 * <p>A command reconciles first if there is anything to reconcile, and then continues like a command that
 * begins at that moment. So from such a state the walk runs only {@link DeviceWalk#RECONCILE} in place of
 * each command on a disk without faults. In the same way a round is a sequence of commands. Both are tested.
 */
final class WalkExplorer {
  private static final int OFFERS = WalkState.VERSIONS;
  private static final int SUBSETS = 1 << WalkState.VERSIONS;

  /** The number of pairs of an offer and of a set of versions that are healthy. */
  private static final int WORLDS = OFFERS * SUBSETS;

  private static final int ROUNDS = 2 * OFFERS;
  private static final int RENAMINGS = WalkState.RENAMINGS.size();
  private static final int UNKNOWN = -1;
  private static final int ON_THE_WAY = -2;

  /** A state, and the action that led to it. */
  private record Step(WalkState state, String action) {}

  /** The results of one state: an edge for each step, without duplicates. */
  private record Expansion(Collection<Step> steps, int commands, int kills, int powerCuts) {}

  /** The states after each round; or a single one in which each round begins. */
  private record Links(List<Step> steps) {}

  private final List<DeviceWalk> walks = new ArrayList<>();
  private final boolean hasRoundsOfItsOwn;
  private final Map<Long, Integer> indexes = new HashMap<>();
  private final List<String> actions = new ArrayList<>();
  private final Map<String, Integer> actionIds = new HashMap<>();
  private long[] keys = new long[1024];
  private int[] parents = new int[1024];
  private short[] actionOf = new short[1024];
  private int[] links = new int[1024 * ROUNDS];
  private int size;
  private int expanded;
  private int linked;
  private int statesOfRounds;
  private long commands;
  private long kills;
  private long powerCuts;

  WalkExplorer(DeviceWalk... walks) {
    this.walks.addAll(Arrays.asList(walks));
    this.hasRoundsOfItsOwn = walks[0].hasFleetLock();
  }

  @Override
  public String toString() {
    return "%d states, %d edges (%d commands, %d kills, %d power cuts)"
        .formatted(size, commands + kills + powerCuts, commands, kills, powerCuts);
  }

  int size() {
    return size;
  }

  /** Returns how many states were reached and not explored. */
  int left() {
    return size - expanded;
  }

  /** Returns how many states only a whole round has led to. */
  int statesOfRounds() {
    return statesOfRounds;
  }

  WalkState state(int index) {
    return WalkState.of(keys[index]);
  }

  /** Runs commands one after the other on a new device, and returns all the states between them. */
  List<WalkState> follow(List<String> story) {
    List<WalkState> states = new ArrayList<>(List.of(DeviceWalk.start()));
    for (String action : story) {
      WalkState before = states.get(states.size() - 1);
      DeviceWalk.Run run = run(before, action);
      states.add(run.end());
    }
    return states;
  }

  /**
   * Runs commands one after the other on a new device, and then more commands, each also from everywhere
   * that a kill or a power cut in one of these before it leads. Returns the states that these lead to.
   */
  List<WalkState> follow(List<String> story, List<String> killed) {
    List<WalkState> before = follow(story);
    Set<WalkState> ends = new LinkedHashSet<>(before.subList(before.size() - 1, before.size()));
    for (String action : killed) {
      for (WalkState state : List.copyOf(ends)) {
        if (walks.get(0).actions(state).contains(action)) {
          DeviceWalk.Run run = run(state, action);
          ends.addAll(run.killed());
          ends.addAll(run.cut());
          ends.add(run.end());
        }
      }
    }
    return List.copyOf(ends);
  }

  private DeviceWalk.Run run(WalkState before, String action) {
    DeviceWalk.Run run = walks.get(0).run(before, action);
    WalkRules.examine(before, action, run);
    return run;
  }

  /**
   * Returns the states after a command during which the operator acknowledges or cancels, after each
   * change of a file.
   */
  List<WalkState> interjections(WalkState from, String action) {
    List<WalkState> ends = new ArrayList<>();
    for (int change = 1; change <= walks.get(0).changes(from, action); change++) {
      walks.get(0).interject(from, action, change).forEach(ends::add);
    }
    return ends;
  }

  /** Adds states to explore from. */
  void add(Collection<WalkState> states) {
    states.forEach(state -> add(new Step(state, "story"), UNKNOWN));
  }

  /** Explores the states that one command reaches from those that were added. */
  void explore() {
    expand(size, () -> true);
  }

  /** Explores all reachable states, or stops at the limit. */
  void close(BooleanSupplier goesOn) {
    while (left() > 0 && goesOn.getAsBoolean()) {
      expand(size, goesOn);
      int known = size;
      if (left() == 0) {
        link();
        statesOfRounds += size - known;
      }
    }
  }

  private void expand(int end, BooleanSupplier goesOn) {
    int chunk = 64 * walks.size();
    while (expanded < end && goesOn.getAsBoolean()) {
      int from = expanded;
      int to = Math.min(end, from + chunk);
      List<Expansion> expansions = inParallel(from, to, this::expansion);
      for (int i = from; i < to; i++) {
        Expansion expansion = expansions.get(i - from);
        commands += expansion.commands();
        kills += expansion.kills();
        powerCuts += expansion.powerCuts();
        for (Step step : expansion.steps()) {
          add(step, i);
        }
      }
      expanded = to;
    }
  }

  private interface Work<T> {
    T on(DeviceWalk walk, int index);
  }

  /** Does the work of each index; each walk takes the indices of a residue class. */
  private <T> List<T> inParallel(int from, int to, Work<T> work) {
    int threads = walks.size();
    List<T> results = new ArrayList<>();
    if (threads == 1) {
      for (int i = from; i < to; i++) {
        results.add(work.on(walks.get(0), i));
      }
      return results;
    }
    List<List<T>> parts = IntStream.range(0, threads)
        .parallel()
        .mapToObj(thread -> {
          List<T> part = new ArrayList<>();
          for (int i = from + thread; i < to; i += threads) {
            part.add(work.on(walks.get(thread), i));
          }
          return part;
        })
        .toList();
    for (int i = 0; i < to - from; i++) {
      results.add(parts.get(i % threads).get(i / threads));
    }
    return results;
  }

  private Expansion expansion(DeviceWalk walk, int index) {
    WalkState state = state(index);
    Map<Long, Step> steps = new HashMap<>();
    int[] counts = new int[3];
    boolean reconciled = false;
    if (state.booted()) {
      DeviceWalk.Run run =
          attempt(index, DeviceWalk.RECONCILE, () -> walk.run(state, DeviceWalk.RECONCILE));
      collect(index, state, DeviceWalk.RECONCILE, run, steps, counts);
      reconciled = run.failed() || run.end().equals(state);
    }
    for (String action : walk.actions(state)) {
      boolean isMade = action.equals(DeviceWalk.FIVE_BOOTS) || action.equals(DeviceWalk.RECONCILE);
      if (!isMade && (reconciled || !DeviceWalk.reconciles(action))) {
        DeviceWalk.Run run = attempt(index, action, () -> walk.run(state, action));
        collect(index, state, action, run, steps, counts);
      }
    }
    if (hasRoundsOfItsOwn && reconciled) {
      for (String action : walk.rounds()) {
        DeviceWalk.Run run = attempt(index, action, () -> walk.run(state, action));
        collect(index, state, action, run, steps, counts);
      }
    }
    return new Expansion(List.copyOf(steps.values()), counts[0], counts[1], counts[2]);
  }

  private void collect(
      int index,
      WalkState before,
      String action,
      DeviceWalk.Run run,
      Map<Long, Step> steps,
      int[] counts) {
    attempt(index, action, () -> {
      WalkRules.examine(before, action, run);
      return "";
    });
    counts[0]++;
    counts[1] += run.killed().size();
    counts[2] += run.cut().size();
    collect(before, run.end(), action, steps);
    run.killed().forEach(state -> collect(before, state, action + " (killed)", steps));
    run.cut().forEach(state -> collect(before, state, action + " (power cut)", steps));
  }

  private static void collect(
      WalkState before, WalkState after, String action, Map<Long, Step> steps) {
    for (WalkState state : after.alternatives(before, action)) {
      steps.computeIfAbsent(state.key(), key -> new Step(state, action));
    }
  }

  /** Adds a state, and returns its index and the renaming that makes it the one that is kept. */
  private int add(Step step, int parent) {
    int renaming = step.state().leastRenaming();
    WalkState state = step.state().renamed(WalkState.RENAMINGS.get(renaming));
    Integer known = indexes.putIfAbsent(state.key(), size);
    if (known != null) {
      return known * RENAMINGS + renaming;
    }
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, 2 * size);
      parents = Arrays.copyOf(parents, 2 * size);
      actionOf = Arrays.copyOf(actionOf, 2 * size);
      links = Arrays.copyOf(links, 2 * size * ROUNDS);
    }
    keys[size] = state.key();
    parents[size] = parent;
    actionOf[size] = (short) (int) actionIds.computeIfAbsent(step.action(), action -> {
      actions.add(action);
      return actions.size() - 1;
    });
    return size++ * RENAMINGS + renaming;
  }

  /** Finds out where rounds lead from each state, and from those that they lead to. */
  private void link() {
    int chunk = 64 * walks.size();
    while (linked < size) {
      int from = linked;
      int to = Math.min(size, from + chunk);
      List<Links> found = inParallel(from, to, this::links);
      for (int i = from; i < to; i++) {
        List<Step> steps = found.get(i - from).steps();
        for (int round = 0; round < ROUNDS; round++) {
          int link = round < steps.size() ? add(steps.get(round), i) : UNKNOWN;
          links[i * ROUNDS + round] = link;
        }
      }
      linked = to;
    }
  }

  private Links links(DeviceWalk walk, int index) {
    WalkState state = state(index);
    String first = state.booted() ? DeviceWalk.RECONCILE : DeviceWalk.BOOT;
    WalkState begun = attempt(index, first, () -> end(walk, state, first));
    if (!begun.equals(state)) {
      return new Links(List.of(new Step(begun, first)));
    }
    List<Step> steps = new ArrayList<>();
    for (String offer : DeviceWalk.VERSIONS) {
      for (boolean isHealthy : List.of(false, true)) {
        String round = DeviceWalk.round(offer, isHealthy);
        steps.add(new Step(attempt(index, round, () -> end(walk, state, round)), round));
      }
    }
    return new Links(steps);
  }

  private static WalkState end(DeviceWalk walk, WalkState state, String action) {
    WalkState end = walk.end(state, action);
    WalkRules.examine(state, action, end);
    return end;
  }

  /**
   * Runs rounds of an unattended device from each state, with the reboots that they need, for each
   * offered version and each set of healthy versions, until a round changes nothing. Returns the number
   * of rounds of the longest way to rest.
   */
  int comeToRest() {
    link();
    Rests rests = new Rests();
    int longest = 0;
    for (int index = 0; index < size; index++) {
      for (int world = 0; world < WORLDS; world++) {
        longest = Math.max(longest, rests.rounds(index, world));
      }
    }
    return longest;
  }

  /** The states in which a device comes to rest, from each state in each world. */
  private final class Rests {
    private final int[] rounds = new int[size * WORLDS];
    private final int[] rest = new int[size * WORLDS];

    Rests() {
      Arrays.fill(rounds, UNKNOWN);
    }

    private int offer(int world) {
      return world / SUBSETS + 1;
    }

    private int healthy(int world) {
      return world % SUBSETS;
    }

    private int renamed(int world, int renaming) {
      int[] names = WalkState.RENAMINGS.get(renaming);
      int healthy = 0;
      for (int version = 1; version <= WalkState.VERSIONS; version++) {
        if ((healthy(world) & WalkState.bit(version)) != 0) {
          healthy |= WalkState.bit(names[version]);
        }
      }
      return (names[offer(world)] - 1) * SUBSETS + healthy;
    }

    private boolean isRound(int at) {
      return links[at / WORLDS * ROUNDS + 1] != UNKNOWN;
    }

    /** Returns where a round leads, or what comes before it. */
    private int next(int at) {
      int index = at / WORLDS;
      int world = at % WORLDS;
      int round = 0;
      if (isRound(at)) {
        boolean isHealthy = (healthy(world) & WalkState.bit(state(index).runningVersion())) != 0;
        round = 2 * (offer(world) - 1) + (isHealthy ? 1 : 0);
      }
      int link = links[index * ROUNDS + round];
      return link / RENAMINGS * WORLDS + renamed(world, link % RENAMINGS);
    }

    int rounds(int index, int world) {
      int start = index * WORLDS + world;
      List<Integer> way = new ArrayList<>();
      int at = start;
      while (rounds[at] == UNKNOWN) {
        rounds[at] = ON_THE_WAY;
        way.add(at);
        int next = next(at);
        if (next == at) {
          rounds[at] = 0;
          rest[at] = at;
          examineRest(at, at);
          way.remove(way.size() - 1);
          break;
        }
        at = next;
      }
      if (rounds[at] == ON_THE_WAY) {
        throw new AssertionError(
            "no rest" + in(start) + "\nbut forever" + in(at) + "\nwith rounds through" + cycle(at));
      }
      for (int i = way.size() - 1; i >= 0; i--) {
        int passed = way.get(i);
        rounds[passed] = rounds[at] + (isRound(passed) ? 1 : 0);
        rest[passed] = rest[at];
        if (isRound(passed)) {
          examineRest(passed, at);
        }
        at = passed;
      }
      return rounds[start];
    }

    private String cycle(int at) {
      StringBuilder text = new StringBuilder("\n  " + state(at / WORLDS));
      for (int next = next(at); next != at; next = next(next)) {
        text.append("\n  ").append(state(next / WORLDS));
      }
      return text.toString();
    }

    /**
     * Examines where a device comes to rest. The first round learns what the boot loader did; if it
     * has yet to leave a version that passed its check before, the second one does.
     *
     * @param first where the first round leads
     */
    private void examineRest(int start, int first) {
      int at = rest[first];
      int known = state(start / WORLDS).isToLeaveSuccess() ? next(first) : first;
      boolean mayBeTaken = WalkRules.mayBeTaken(state(known / WORLDS), offer(known % WORLDS));
      String fault = WalkRules.faultAtRest(
          state(at / WORLDS), mayBeTaken, offer(at % WORLDS), healthy(at % WORLDS));
      if (!fault.isEmpty()) {
        StringBuilder rounds = new StringBuilder();
        for (int passed = start; passed != at; passed = next(passed)) {
          rounds.append("\n  round: ").append(state(next(passed) / WORLDS));
        }
        throw new AssertionError(fault + in(start) + rounds + "\nat rest" + in(at));
      }
    }

    private String in(int at) {
      int world = at % WORLDS;
      return " with v%d offered and versions %s healthy after%s"
          .formatted(offer(world), Integer.toBinaryString(healthy(world)), path(at / WORLDS));
    }
  }

  /**
   * Returns the actions that lead to a state, a line each, in the names of the versions that each
   * state has.
   */
  private String path(int index) {
    String before = parents[index] == UNKNOWN ? "" : path(parents[index]);
    return before + "\n  " + actions.get(actionOf[index]) + ": " + state(index);
  }

  /** Runs something that may throw because a rule is broken, and adds the way there. */
  private <T> T attempt(int index, String action, Supplier<T> run) {
    try {
      return run.get();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(path(index) + "\n  " + action + "\n" + e.getMessage(), e);
    }
  }
}

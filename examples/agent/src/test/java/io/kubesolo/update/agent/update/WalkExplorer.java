package io.kubesolo.update.agent.update;

import io.kubesolo.update.core.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The disks that commands, kills and power cuts lead to, and what must be true of each. */
final class WalkExplorer {
  private static final int MAX_ROUNDS = 16;

  /** A disk that was reached, and how. */
  static final class Node {
    final WalkDisk disk;
    final @Nullable Node parent;
    final String action;
    final Map<String, Node> ends = new HashMap<>();

    Node(WalkDisk disk, @Nullable Node parent, String action) {
      this.disk = disk;
      this.parent = parent;
      this.action = action;
    }

    /** The commands that lead here, a line each. */
    String path() {
      return (parent == null ? "" : parent.path()) + "\n  " + action;
    }

    /**
     * Returns whether the boot loader may have started a version on the way here.
     *
     * @param ever in any attempt; else since its slot was staged last
     */
    boolean tried(String version, boolean ever) {
      for (Node at = this; at != null; at = at.parent) {
        boolean boots = at.action.startsWith(DeviceWalk.BOOT);
        boolean mayBoot = at.action.startsWith(DeviceWalk.ROUND);
        boolean started = at.parent != null && (boots || mayBoot) && at.parent.disk.boots(version);
        boolean runs = at.disk.isBooted() && at.disk.runningVersion().equals(version);
        if (started || runs || (mayBoot && at.disk.boots(version))) {
          return true;
        }
        WalkDisk.StateView state = at.disk.state();
        if (!ever && state.phase() == Phase.STAGED && state.to().equals(version)) {
          return false;
        }
      }
      return false;
    }
  }

  private final DeviceWalk walk;
  private final WalkDisk start;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private int rested;
  private long kills;
  private long powerCuts;
  private long commands;

  WalkExplorer(DeviceWalk walk) {
    this.walk = walk;
    this.start = walk.disk();
  }

  @Override
  public String toString() {
    return "%d states, %d edges (%d commands, %d kills, %d power cuts)"
        .formatted(nodes.size(), commands + kills + powerCuts, commands, kills, powerCuts);
  }

  /** The disks that were reached so far, in the order in which they were. */
  List<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Runs commands one after the other on a new device, and returns all the disks between them. */
  List<Node> follow(List<String> story) {
    List<Node> ends = new ArrayList<>();
    ends.add(reach(start, null, "start", new ArrayList<>()));
    for (String action : story) {
      ends.add(end(ends.get(ends.size() - 1), action));
    }
    return ends;
  }

  /** Goes everywhere that so many commands in a row lead from some disks, killed anywhere or not. */
  void explore(Collection<Node> from, int depth) {
    List<Node> frontier = List.copyOf(from);
    for (int step = 1; step <= depth; step++) {
      List<Node> next = new ArrayList<>();
      frontier.forEach(node -> explore(node, next));
      frontier = next;
    }
  }

  /**
   * Runs commands one after the other on a new device, and then more commands, each also from everywhere
   * that a kill or a power cut in one of these before it leads. Returns the disks that these lead to.
   */
  List<Node> follow(List<String> story, List<String> killed) {
    List<Node> before = follow(story);
    List<Node> ends = new ArrayList<>(before.subList(before.size() - 1, before.size()));
    for (String action : killed) {
      List<Node> next = new ArrayList<>();
      for (Node node : ends) {
        if (walk.actions(node.disk).contains(action)) {
          run(node, action, next);
        }
      }
      ends.addAll(next);
    }
    return ends;
  }

  /**
   * Goes everywhere from a new device until nothing new appears, or as long as it may; returns how many
   * disks are left that were reached and not gone on from.
   */
  int exploreWhile(BooleanSupplier goesOn) {
    Deque<Node> queue = new ArrayDeque<>(follow(List.of()));
    while (!queue.isEmpty() && goesOn.getAsBoolean()) {
      explore(queue.remove(), queue);
    }
    return queue.size();
  }

  private void explore(Node node, Collection<Node> unseen) {
    walk.actions(node.disk).forEach(action -> run(node, action, unseen));
  }

  /** Runs a command to its end, and notes where each kill on the way would have led. */
  private void run(Node from, String action, Collection<Node> unseen) {
    DeviceWalk.Run run = attempt(from, action, () -> walk.run(from.disk, action));
    commands++;
    WalkRules.examine(from, action, run);
    for (WalkDisk killed : run.killed()) {
      reach(killed, from, action + " (killed)", unseen);
      kills++;
    }
    for (WalkDisk cut : run.cut()) {
      reach(cut, from, action + " (power cut)", unseen);
      powerCuts++;
    }
    Node end = reach(run.end(), from, action, unseen);
    from.ends.put(action, end);
  }

  Node reach(WalkDisk disk, @Nullable Node parent, String action, Collection<Node> unseen) {
    return nodes.computeIfAbsent(disk.key(), key -> {
      Node node = new Node(disk, parent, action);
      WalkRules.examine(node);
      unseen.add(node);
      return node;
    });
  }

  /** Where a command leads when the operator cuts in, at any time when he has something to say. */
  List<Node> interjections(Node from, String action) {
    List<Node> ends = new ArrayList<>();
    int changes = walk.run(from.disk, action).killed().size();
    for (int change = 1; change <= changes; change++) {
      String how = action + " (the operator cuts in after change " + change + ")";
      walk.interject(from.disk, action, change)
          .forEach(disk -> ends.add(reach(disk, from, how, new ArrayList<>())));
    }
    return ends;
  }

  /**
   * Lets an unattended device go on from each disk that was reached since the last call, whatever is
   * offered and healthy. Returns how many rounds the longest way to rest takes.
   */
  int comeToRest() {
    List<Node> unseen = nodes().subList(rested, nodes.size());
    int longest = 0;
    for (String offer : DeviceWalk.VERSIONS) {
      for (Set<String> healthy : DeviceWalk.subsets()) {
        longest = Math.max(longest, comeToRest(unseen, offer, healthy));
      }
    }
    rested = nodes.size();
    return longest;
  }

  /**
   * Lets an unattended device go on from each disk by rounds, with the reboots that they call for,
   * while one version is offered and some are healthy: at last a round changes nothing. Returns how
   * many rounds the longest way takes.
   */
  private int comeToRest(Collection<Node> from, String offer, Set<String> healthy) {
    Map<Node, Node> rests = new HashMap<>();
    Map<Node, Integer> rounds = new HashMap<>();
    int longest = 0;
    for (Node start : from) {
      Deque<Node> way = new ArrayDeque<>();
      Node node = start;
      while (!rests.containsKey(node)) {
        way.push(node);
        Node next = round(node, offer, healthy);
        if (next == node) {
          rests.put(node, node);
          rounds.put(node, 0);
        } else if (way.size() > MAX_ROUNDS) {
          throw new AssertionError("no rest with %s offered and %s healthy after%s%nbut%s%n%s"
              .formatted(offer, healthy, start.path(), node.path(), node.disk.key()));
        } else {
          node = next;
        }
      }
      for (Node passed : way) {
        if (passed != node) {
          Node next = round(passed, offer, healthy);
          rests.put(passed, Objects.requireNonNull(rests.get(next)));
          rounds.put(passed, Objects.requireNonNull(rounds.get(next)) + 1);
        }
      }
      Node rest = Objects.requireNonNull(rests.get(start));
      WalkRules.examineRest(start, round(start, offer, healthy), rest, offer, healthy);
      longest = Math.max(longest, Objects.requireNonNull(rounds.get(start)));
    }
    return longest;
  }

  private Node round(Node from, String offer, Set<String> healthy) {
    Node booted = from.disk.isBooted() ? from : end(from, DeviceWalk.BOOT);
    boolean isHealthy = healthy.contains(booted.disk.runningVersion());
    return end(booted, DeviceWalk.round(offer, isHealthy));
  }

  private Node end(Node node, String action) {
    Node known = node.ends.get(action);
    if (known == null) {
      WalkDisk disk = attempt(node, action, () -> walk.end(node.disk, action));
      commands++;
      known = reach(disk, node, action, new ArrayList<>());
      node.ends.put(action, known);
    }
    return known;
  }

  /** Runs something that may throw because a rule is broken, and adds the way there. */
  private static <T> T attempt(Node from, String action, Supplier<T> run) {
    try {
      return run.get();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(from.path() + "\n  " + action + "\n" + e.getMessage(), e);
    }
  }
}

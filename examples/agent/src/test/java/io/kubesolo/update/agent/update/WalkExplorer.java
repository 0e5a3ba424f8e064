package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The disks that commands, kills and power cuts lead to, and what must be true of each. */
final class WalkExplorer {
  private static final int CRON_ROUNDS = 12;

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
  }

  private final DeviceWalk walk;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private long kills;
  private long powerCuts;
  private long commands;

  WalkExplorer(DeviceWalk walk) {
    this.walk = walk;
  }

  @Override
  public String toString() {
    return "%d states, %d commands, %d kills, %d power cuts"
        .formatted(nodes.size(), commands, kills, powerCuts);
  }

  /** The disks that were reached so far, in the order in which they were. */
  List<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Goes everywhere that so many commands in a row lead, each of them killed anywhere or not. */
  void explore(int maxDepth) {
    List<Node> frontier = new ArrayList<>();
    reach(walk.disk(), null, "start", frontier);
    for (int depth = 1; depth <= maxDepth; depth++) {
      List<Node> next = new ArrayList<>();
      for (Node node : frontier) {
        walk.actions().forEach(action -> run(node, action, next));
      }
      frontier = next;
    }
  }

  /** Runs a command to its end, and notes where each kill on the way would have led. */
  private Node run(Node from, String action, List<Node> unseen) {
    DeviceWalk.Run run;
    try {
      run = walk.run(from.disk, action);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(from.path() + "\n  " + action + "\n" + e.getMessage(), e);
    }
    commands++;
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
    return end;
  }

  Node reach(WalkDisk disk, @Nullable Node parent, String action, List<Node> unseen) {
    return nodes.computeIfAbsent(disk.key(), key -> {
      Node node = new Node(disk, parent, action);
      examine(node);
      unseen.add(node);
      return node;
    });
  }

  private static void examine(Node node) {
    WalkDisk disk = node.disk;
    assertThat(disk.slotThatBoots())
        .as("the slot that boots after%s", node.path())
        .isNotEqualTo("none");
    Phase phase = disk.state().phase();
    boolean claims = phase == Phase.VERIFYING || phase == Phase.SUCCESS;
    boolean onTarget =
        disk.isBooted() && disk.runningVersion().equals(disk.state().to());
    if (claims && disk.isSameBoot()) {
      assertThat(onTarget)
          .as("%s runs in %s after%s", disk.state().to(), phase, node.path())
          .isTrue();
    }
    if ((phase == Phase.STAGED || phase == Phase.ACTIVATED) && disk.isBooted() && !onTarget) {
      assertThat(disk.isWhole(disk.passiveSlot()))
          .as("the target is whole in %s after%s", phase, node.path())
          .isTrue();
      assertThat(disk.version(disk.passiveSlot())).isEqualTo(disk.state().to());
    }
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
   * Cron's rounds from here on: at last one of them changes nothing. While the running slot is not
   * marked good, each ends in a reboot. v3 is not healthy, unless it is all there is.
   */
  void comesToRest(Node from, String offer) {
    Node node = from;
    for (int round = 0; round < CRON_ROUNDS; round++) {
      Node before = node;
      node = cronRound(before, offer);
      if (node == before) {
        assertThat(node.disk.state().phase().isResting())
            .as("%s rests on %s after%s", node.disk.key(), offer, from.path())
            .isTrue();
        assertThat(node.disk.env("active_slot")).isEqualTo(node.disk.runningSlot());
        return;
      }
    }
    throw new AssertionError(
        "no rest with " + offer + " after" + from.path() + "\nbut" + node.path() + node.disk.key());
  }

  private Node cronRound(Node from, String offer) {
    Node booted = from.disk.isBooted() ? from : end(from, "boot");
    boolean sick =
        booted.disk.runningVersion().equals("v3") && booted.disk.isWhole(booted.disk.passiveSlot());
    Node checked = end(booted, sick ? "healthcheck, sick" : "healthcheck");
    Node activated = end(end(checked, "apply " + offer), "activate");
    boolean switched = !activated.disk.env("active_slot").equals(activated.disk.runningSlot());
    boolean unmarked = !activated.disk.env("boot_success").equals("1");
    return switched || unmarked ? end(activated, "boot") : activated;
  }

  private Node end(Node node, String action) {
    Node known = node.ends.get(action);
    return known == null ? run(node, action, new ArrayList<>()) : known;
  }
}

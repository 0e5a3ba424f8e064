package io.kubesolo.update.agent.update;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a power cut may leave of a disk: names change durably when their directory is synced,
 * contents when their file is. What is not synced may be lost, or be there all the same.
 */
final class PowerCuts {
  /** A file, whatever its name. */
  private static final class Inode {
    String content = "";
    String durable = "";

    /**
     * A length may have become durable before the bytes did, which then read as zeros. Of bytes that
     * were overwritten in place, some sectors may have become durable.
     */
    String unsynced() {
      int length = content.length();
      return length == durable.length()
          ? content.substring(0, length / 2) + durable.substring(length / 2)
          : "\0".repeat(length);
    }
  }

  private final Map<String, Inode> names = new HashMap<>();
  private final Map<String, Inode> durableNames = new HashMap<>();

  /** A disk on which everything is durable. */
  PowerCuts(Map<String, String> files) {
    files.forEach((name, content) -> {
      Inode inode = new Inode();
      inode.content = content;
      inode.durable = content;
      names.put(name, inode);
      durableNames.put(name, inode);
    });
  }

  void written(String name, String content) {
    names.computeIfAbsent(name, absent -> new Inode()).content = content;
  }

  void removed(String name) {
    names.remove(name);
  }

  void renamed(String from, String to) {
    Inode inode = names.remove(from);
    if (inode != null) {
      names.put(to, inode);
    }
  }

  void contentSynced(String name) {
    Inode inode = names.get(name);
    if (inode != null) {
      inode.durable = inode.content;
    }
  }

  /** All names that begin with the folder, and lie in no folder below it, are durable. */
  void namesSynced(String folder) {
    durableNames.keySet().removeIf(name -> isIn(folder, name));
    names.forEach((name, inode) -> {
      if (isIn(folder, name)) {
        durableNames.put(name, inode);
      }
    });
  }

  private static boolean isIn(String folder, String name) {
    return name.startsWith(folder) && name.indexOf('/', folder.length()) < 0;
  }

  /** The disks that differ most: everything unsynced lost, only contents, only names. */
  List<Map<String, String>> outcomes() {
    List<Map<String, String>> outcomes = new ArrayList<>();
    for (Map<String, Inode> surviving : List.of(durableNames, names)) {
      Map<String, String> old = new TreeMap<>();
      Map<String, String> zeros = new TreeMap<>();
      Map<String, String> all = new TreeMap<>();
      surviving.forEach((name, inode) -> {
        old.put(name, inode.durable);
        zeros.put(name, inode.unsynced());
        all.put(name, inode.content);
      });
      outcomes.addAll(List.of(old, zeros, all));
    }
    return outcomes;
  }
}

package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.testkit.MemoryFiles.Content;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a disk that a power cut may leave: names are durable when their directory is
 * synced, contents when their file is. What is not synced may be lost or not.
 */
final class PowerCuts {
  /** A file, under any name. */
  private static final class Inode {
    Content content;
    Content durable;

    Inode(Content content, Content durable) {
      this.content = content;
      this.durable = durable;
    }

    Content durable() {
      return durable;
    }

    Content content() {
      return content;
    }

    /**
     * Returns the content of which a part is durable. A length may have become durable before the bytes did,
     * which then read as zeros. Of bytes that were overwritten in place, some sectors may be durable.
     */
    Content unsynced() {
      return content == durable ? content : content.torn(durable);
    }
  }

  private static final Content NOTHING = new Content(new byte[0]);

  private static final List<Function<Inode, Content>> WHICH =
      List.of(Inode::durable, Inode::unsynced, Inode::content);

  private final List<@Nullable Content[]> seen = new ArrayList<>();
  private final Map<String, Inode> names = new HashMap<>();
  private final Map<String, Inode> durableNames = new HashMap<>();

  /** Adds a file that is durable. */
  void add(String name, Content content) {
    Inode inode = new Inode(content, content);
    names.put(name, inode);
    durableNames.put(name, inode);
  }

  void written(String name, Content content) {
    names.computeIfAbsent(name, absent -> new Inode(NOTHING, NOTHING)).content = content;
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

  /** Makes the names durable that are in the folder itself, and not in a folder below it. */
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

  /**
   * Returns the disks that differ most, if they are new: everything unsynced lost, only contents,
   * only names.
   */
  List<@Nullable Content[]> outcomes() {
    List<@Nullable Content[]> outcomes = new ArrayList<>();
    for (Map<String, Inode> surviving : List.of(durableNames, names)) {
      for (Function<Inode, Content> which : WHICH) {
        @Nullable Content[] outcome = new @Nullable Content[WalkDisk.FILES.size()];
        for (int i = 0; i < outcome.length; i++) {
          Inode inode = surviving.get(WalkDisk.FILES.get(i));
          outcome[i] = inode == null ? null : which.apply(inode);
        }
        if (seen.stream().noneMatch(before -> isSame(before, outcome))) {
          seen.add(outcome);
          outcomes.add(outcome);
        }
      }
    }
    return outcomes;
  }

  private static boolean isSame(@Nullable Content[] left, @Nullable Content[] right) {
    for (int i = 0; i < left.length; i++) {
      if (left[i] != right[i]) {
        return false;
      }
    }
    return true;
  }
}

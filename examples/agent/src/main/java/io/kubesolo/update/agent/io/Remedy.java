package io.kubesolo.update.agent.io;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.persist.StateFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the operator can do about a rejection. */
final class Remedy {
  /** The remedies by the error text of the operating system, which the library passes on. */
  private static final Map<String, String> BY_ERROR = new LinkedHashMap<>();

  /** The remedies for a file whose path follows from {@code --state}. */
  private static final Map<String, String> OF_STATE = new LinkedHashMap<>();

  static {
    BY_ERROR.put("permission denied", "run it as root, or as the owner of the file");
    BY_ERROR.put("operation not permitted", "run it as root, or as the owner of the file");
    BY_ERROR.put("read-only file system", "mount the file system writable");
    BY_ERROR.put("no space left on device", "free some space");
    BY_ERROR.put("disk quota exceeded", "free some space");
    BY_ERROR.put("not a regular file", "remove what is there");
    BY_ERROR.put("input/output error", "check the disk and the kernel's log");
    OF_STATE.put("not a regular file", "name another file by --state, or remove what is there");
    OF_STATE.put("no such file or directory", "name another file by --state");
    OF_STATE.put(
        "cannot be synced: invalid argument",
        "name a file on a local POSIX file system by --state");
    OF_STATE.put("not a directory", "name another file by --state");
  }

  private Remedy() {}

  /**
   * Returns a clause that begins with a semicolon, or nothing if the message says all.
   *
   * @param ofState whether the path of the file follows from {@code --state}
   */
  static String of(Rejection rejection, boolean ofState) {
    if (rejection instanceof Unreadable unreadable) {
      if (unreadable.repairable()) {
        return "; " + repair(Path.of(unreadable.path())) + " moves it aside and writes a fresh one";
      }
      return byError(unreadable.problem(), ofState);
    }
    if (rejection instanceof NotPersisted lost) {
      return byError(lost.problem(), ofState);
    }
    return "";
  }

  /**
   * Returns the command that repairs a state file, with the options that name it. If the file is
   * that of a device, the command names the device, because its slot notes say which versions failed.
   */
  private static String repair(Path state) {
    Path absolute = state.toAbsolutePath();
    Path dir = absolute.getParent();
    boolean ofDevice = absolute.endsWith("state.json")
        && Files.exists(absolute.resolveSibling("device.json"), LinkOption.NOFOLLOW_LINKS);
    if (ofDevice) {
      return command("--device", String.valueOf(dir));
    }
    return absolute.equals(StateFile.DEFAULT_PATH)
        ? "update-agent repair"
        : command("--state", absolute.toString());
  }

  private static String command(String option, String path) {
    boolean plain = path.matches("[A-Za-z0-9_./:@%+,=-]+");
    String word = plain ? path : "'" + path.replace("'", "'\\''") + "'";
    return "update-agent " + option + " " + word + " repair";
  }

  /** Returns the remedy that follows from what the operating system reports. */
  static Optional<String> byError(String problem) {
    return find(BY_ERROR, problem);
  }

  private static String byError(String problem, boolean ofState) {
    if (problem.endsWith("; remove it")) {
      return "";
    }
    return (ofState ? find(OF_STATE, problem) : Optional.<String>empty())
        .or(() -> byError(problem))
        .map("; "::concat)
        .orElse("");
  }

  private static Optional<String> find(Map<String, String> remedies, String problem) {
    return remedies.entrySet().stream()
        .filter(known -> problem.contains(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}

package io.kubesolo.update.agent.io;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
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
    OF_STATE.put("not a directory", "name another file by --state");
  }

  private Remedy() {}

  /**
   * Returns a clause that begins with a semicolon, or nothing if the message says all.
   *
   * @param ofState whether the path of the file follows from {@code --state}
   */
  static String of(Rejection rejection, boolean ofState) {
    if (rejection instanceof StoreFailure failure && failure.repairable()) {
      return "; update-agent repair moves it aside and writes a fresh one";
    }
    if (rejection instanceof Unreadable unreadable) {
      return byError(unreadable.problem(), ofState);
    }
    if (rejection instanceof NotPersisted lost) {
      return byError(lost.problem(), ofState);
    }
    return "";
  }

  /** Returns the remedy that follows from what the operating system reports. */
  static Optional<String> byError(String problem) {
    return find(BY_ERROR, problem);
  }

  private static String byError(String problem, boolean ofState) {
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

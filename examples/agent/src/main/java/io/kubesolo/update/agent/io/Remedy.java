package io.kubesolo.update.agent.io;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a person can do about a rejection. */
final class Remedy {
  /** The remedies by the error text of the operating system, which the library passes on. */
  private static final Map<String, String> BY_ERROR = new LinkedHashMap<>();

  static {
    BY_ERROR.put("permission denied", "run it as root, or as the owner of the file");
    BY_ERROR.put("operation not permitted", "run it as root, or as the owner of the file");
    BY_ERROR.put("read-only file system", "mount the file system writable");
    BY_ERROR.put("no space left on device", "free some space");
    BY_ERROR.put("disk quota exceeded", "free some space");
    BY_ERROR.put("not a regular file", "name another file by --state, or remove what is there");
    BY_ERROR.put("no such file or directory", "name another file by --state");
    BY_ERROR.put("not a directory", "name another file by --state");
    BY_ERROR.put("input/output error", "check the disk and the kernel's log");
  }

  private Remedy() {}

  /** Returns a clause that begins with a semicolon, or nothing if the message says all. */
  static String of(Rejection rejection) {
    if (rejection instanceof Unreadable unreadable && unreadable.repairable()) {
      return "; update-agent repair moves it aside and writes a fresh one";
    }
    if (rejection instanceof Unreadable unreadable) {
      return byError(unreadable.problem());
    }
    if (rejection instanceof NotPersisted lost) {
      return byError(lost.problem());
    }
    return "";
  }

  private static String byError(String problem) {
    for (Map.Entry<String, String> known : BY_ERROR.entrySet()) {
      if (problem.contains(known.getKey())) {
        return "; " + known.getValue();
      }
    }
    return "";
  }
}

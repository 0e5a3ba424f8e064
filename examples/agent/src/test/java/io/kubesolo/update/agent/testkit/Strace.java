package io.kubesolo.update.agent.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Traces the system calls by which a program touches a directory, and makes one of them fail.
 *
 * <p>strace counts the calls of each thread by their name, whatever they touch; filtering by path
 * would not see a file whose name is random, and a filter in the kernel would deliver no signal. So a
 * first run finds each call's place in that count.
 */
public final class Strace {
  private static final Pattern CALL =
      Pattern.compile("^(\\d+) +(?:<\\.\\.\\. )?(\\w+)( resumed>)?(.*)$");

  private Strace() {}

  /** The action on a call. */
  public enum Fault {
    SIGKILL("signal=SIGKILL"),
    EIO("error=EIO"),
    ENOSPC("error=ENOSPC");

    private final String injection;

    Fault(String injection) {
      this.injection = injection;
    }
  }

  /**
   * One call that touches the directory.
   *
   * @param thread who did it
   * @param name the system call
   * @param when its place among all calls of that name on its thread, by which strace finds it
   * @param k its place among those of that name that touch the directory
   * @param line how the log showed it
   */
  public record Call(String thread, String name, int when, int k, String line) {
    @Override
    public String toString() {
      return name + " #" + k;
    }
  }

  public static String[] everything(Path log) {
    return strace(log, "%file,%desc").toArray(String[]::new);
  }

  public static String[] injecting(Path log, Call call, Fault fault) {
    List<String> command = strace(log, call.name());
    command.add("-e");
    command.add("inject=" + call.name() + ":" + fault.injection + ":when=" + call.when());
    return command.toArray(String[]::new);
  }

  private static List<String> strace(Path log, String calls) {
    return new ArrayList<>(List.of(
        "strace",
        "-f",
        "-qqq",
        "-y",
        "-s",
        "16",
        "-e",
        "signal=none",
        "-o",
        log.toString(),
        "-e",
        "trace=" + calls));
  }

  /** Returns the calls that touch a directory or what is in it, in their order. */
  public static List<Call> calls(Path log, Path directory) throws IOException {
    Map<String, Integer> seen = new HashMap<>();
    Map<String, Integer> touching = new LinkedHashMap<>();
    List<Call> calls = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      Matcher matcher = CALL.matcher(line);
      if (!matcher.matches() || matcher.group(3) != null) {
        continue;
      }
      String name = matcher.group(2);
      int when = seen.merge(matcher.group(1) + name, 1, Integer::sum);
      if (touches(line, directory)) {
        calls.add(
            new Call(matcher.group(1), name, when, touching.merge(name, 1, Integer::sum), line));
      }
    }
    return calls;
  }

  /** Returns whether the log proves that the fault hit that call and no other. */
  public static boolean fired(Path log, Path directory, Call call, Fault fault) throws IOException {
    List<Call> touched = calls(log, directory);
    if (fault == Fault.SIGKILL) {
      // Nothing follows a call that the process did not survive.
      return !touched.isEmpty()
          && touched.get(touched.size() - 1).k() == call.k()
          && touched.get(touched.size() - 1).line().matches(".*(= \\?|<unfinished \\.\\.\\.>)");
    }
    List<String> hit = Files.readAllLines(log).stream()
        .filter(line -> line.contains("(INJECTED"))
        .toList();
    return hit.size() == 1
        && touched.stream().anyMatch(c -> c.k() == call.k() && c.line().equals(hit.get(0)));
  }

  private static boolean touches(String line, Path directory) {
    return line.contains('"' + directory.toString() + '"')
        || line.contains('<' + directory.toString() + '>')
        || line.contains(directory + "/");
  }
}

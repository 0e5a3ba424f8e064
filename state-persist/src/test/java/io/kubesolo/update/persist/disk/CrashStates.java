package io.kubesolo.update.persist.disk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program, simulates crashes, and runs a recovery on each disk that a crash may leave.
 *
 * <p>The power is lost before each operation of the program, and after the last one. On each disk
 * that may be left then, a new process runs the recovery. The power is lost again before each
 * operation of that recovery, and the recovery runs on what is left by that. Disks that are equal are
 * tried once.
 *
 * <p>What the program has acknowledged, it says by {@link Run#acknowledge}; the recovery reads the
 * files, and throws an {@link AssertionError} if something is missing that was acknowledged. The first
 * violation ends the check with a {@link Violation}, which says where the power was lost, what the
 * processes did until then, and what was on the disk.
 *
 * <p>For use by one thread. Programs must do the same operations in each run, and run on one thread.
 *
 * @param <P> what is acknowledged: an immutable value with {@code equals}, such as the last number
 *     that was written, or a list of lines
 */
public final class CrashStates<P> {
  private static final int SHOWN_BYTES = 200;

  private final Program<P> recovery;
  private final Set<Known> known = new HashSet<>();
  private final Set<Known> read = new HashSet<>();
  private Program<P> reader = run -> {};
  private Function<Image, Image> canonicalForm = image -> image;
  private long losses;
  private long kills;
  private long left;

  /**
   * What a process does, from its start to its end.
   *
   * @param <P> what is acknowledged
   */
  @FunctionalInterface
  public interface Program<P> {
    /**
     * Runs the program.
     *
     * @param run gives it its file system, and records what it acknowledges
     * @throws Exception if it fails, which is a violation, because nothing goes wrong with its files
     *     except for crashes
     */
    void run(Run<P> run) throws Exception;
  }

  /**
   * One process, and what was acknowledged so far.
   *
   * <p>For use by one thread.
   *
   * @param <P> what is acknowledged
   */
  public static final class Run<P> {
    private final SimulatedProcess process;
    private P acknowledged;

    /**
     * Starts a process whose crashes are not tried.
     *
     * @param disk its disk
     * @param acknowledged what was acknowledged before
     */
    public Run(Disk disk, P acknowledged) {
      this.process = new SimulatedProcess(disk);
      this.acknowledged = acknowledged;
    }

    /** {@return the process, which is the file system of the program} */
    public SimulatedProcess process() {
      return process;
    }

    /**
     * Returns a path of the process.
     *
     * @param name an absolute path
     * @return the path, for {@code Files} and {@code FileChannel}
     */
    public Path path(String name) {
      return process.path(name);
    }

    /** {@return what was acknowledged last, by this process or an earlier one} */
    public P acknowledged() {
      return acknowledged;
    }

    /**
     * Records a value that no later crash may lose.
     *
     * @param value all that is acknowledged now
     */
    public void acknowledge(P value) {
      acknowledged = value;
    }
  }

  /** A crash after which the recovery failed; the message is an account of it in several lines. */
  public static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private Violation(String account, Throwable cause) {
      super(account, cause);
    }
  }

  /** The end of a process. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private record Known(Image image, Object acknowledged) {}

  /** A disk that a power loss left. */
  private record Left<P>(Image.Directory image, P acknowledged, int boot, Origin origin) {}

  /** The history of a process. */
  private record Origin(
      Account before, int operations, String end, @Nullable Image image) {}

  /** A process, and its name in a report. */
  private static final class Account {
    private final String name;
    private final @Nullable Origin origin;
    private final List<Operation> operations = new ArrayList<>();

    Account(String name, @Nullable Origin origin) {
      this.name = name;
      this.origin = origin;
    }
  }

  private CrashStates(Program<P> recovery) {
    this.recovery = recovery;
  }

  /**
   * Returns a check that has tried nothing yet.
   *
   * @param <P> what is acknowledged
   * @param recovery what a process does after a crash, which throws if the files are not as they must
   *     be; it may write and acknowledge more
   * @return the check
   */
  public static <P> CrashStates<P> withRecovery(Program<P> recovery) {
    return new CrashStates<>(recovery);
  }

  /**
   * Lets another process read while a program or the recovery runs: it starts and ends between any two
   * operations.
   *
   * @param program reads, writes nothing, and throws if the files are not as they must be
   * @return this check
   */
  public CrashStates<P> withReader(Program<P> program) {
    reader = program;
    return this;
  }

  /**
   * Treats disks as equal if their canonical forms are equal, so that fewer are tried. Disks that
   * differ in a random part of a name are an example.
   *
   * @param canonical returns the canonical form of a disk
   * @return this check
   */
  public CrashStates<P> canonicalizing(Function<Image, Image> canonical) {
    canonicalForm = canonical;
    return this;
  }

  /**
   * Tries power losses while programs run.
   *
   * @param start the root directory before, all of it durable
   * @param acknowledged what is acknowledged before
   * @param programs one process after another, in one boot
   * @return this check
   * @throws Violation at the first state in which the recovery, a program or a reader fails
   */
  public CrashStates<P> losePower(
      Image.Directory start, P acknowledged, List<Program<P>> programs) {
    List<Left<P>> boots = new ArrayList<>();
    Disk disk = new Disk(start);
    P now = acknowledged;
    Origin origin = null;
    for (int i = 0; i < programs.size(); i++) {
      String name = programs.size() == 1 ? "the program" : "program " + (i + 1);
      Session session = new Session(new Account(name, origin), disk, now, boots);
      session.live(programs.get(i));
      now = session.run.acknowledged();
      origin = new Origin(session.account, session.account.operations.size(), "it ends", null);
    }
    List<Left<P>> again = new ArrayList<>();
    boots.forEach(boot -> recover(boot, again));
    again.forEach(boot -> recover(boot, null));
    return this;
  }

  /**
   * Tries power losses while a program runs.
   *
   * @param start the root directory before, all of it durable
   * @param acknowledged what is acknowledged before
   * @param program the program
   * @return this check
   * @throws Violation at the first state in which the recovery, the program or a reader fails
   */
  public CrashStates<P> losePower(Image.Directory start, P acknowledged, Program<P> program) {
    return losePower(start, acknowledged, List.of(program));
  }

  /**
   * Kills the program before each of its operations, runs the recovery on the same disk, and tries
   * power losses while that runs.
   *
   * @param start the root directory before, all of it durable
   * @param acknowledged what is acknowledged before
   * @param program the program
   * @return this check
   * @throws Violation at the first state in which the recovery, the program or a reader fails
   */
  public CrashStates<P> kill(Image.Directory start, P acknowledged, Program<P> program) {
    List<Left<P>> boots = new ArrayList<>();
    killed(start, acknowledged, program, boots);
    boots.forEach(boot -> recover(boot, null));
    return this;
  }

  /**
   * Kills the program before each of its operations, and runs the recovery on the same disk, without
   * a power loss.
   *
   * @param start the root directory before, all of it durable
   * @param acknowledged what is acknowledged before
   * @param program the program
   * @return this check
   * @throws Violation at the first state in which the recovery, the program or a reader fails
   */
  public CrashStates<P> killWithoutPowerLoss(
      Image.Directory start, P acknowledged, Program<P> program) {
    killed(start, acknowledged, program, null);
    return this;
  }

  private void killed(
      Image.Directory start, P acknowledged, Program<P> program, @Nullable List<Left<P>> boots) {
    Session whole = new Session(new Account("the program", null), new Disk(start), acknowledged);
    whole.live(program);
    for (int moment : whole.moments) {
      kills++;
      Disk disk = new Disk(start);
      Session killed = new Session(new Account("the program", null), disk, acknowledged);
      killed.liveUntil(moment, program);
      Origin origin = new Origin(killed.account, moment, "the process is killed", null);
      Account account = new Account("recovery", origin);
      new Session(account, disk, killed.run.acknowledged(), boots).live(recovery);
    }
  }

  private void recover(Left<P> boot, @Nullable List<Left<P>> next) {
    Disk disk = new Disk(boot.image, boot.boot);
    Account account = new Account("recovery", boot.origin);
    new Session(account, disk, boot.acknowledged, next).live(recovery);
  }

  /** {@return how many different states the recovery was tried on after a power loss} */
  public int states() {
    return known.size();
  }

  /** Returns how much was tried, in one line. */
  @Override
  public String toString() {
    return "%,d power losses, %,d kills, %,d disks left, %,d of them different"
        .formatted(losses, kills, left, states());
  }

  /** One process, from its start to its end. */
  private final class Session {
    private final Account account;
    private final Disk disk;
    private final Run<P> run;
    private final @Nullable List<Left<P>> boots;
    private final List<Integer> moments = new ArrayList<>();
    private long generation = -1;
    private @Nullable P seen;
    private @Nullable Violation violation;

    Session(Account account, Disk disk, P acknowledged) {
      this(account, disk, acknowledged, null);
    }

    /** Creates a process whose power losses are tried if there is a list of what they leave. */
    Session(Account account, Disk disk, P acknowledged, @Nullable List<Left<P>> boots) {
      this.account = account;
      this.disk = disk;
      this.run = new Run<>(disk, acknowledged);
      this.boots = boots;
    }

    void live(Program<P> program) {
      run.process.onOperation(operation -> {
        if (look()) {
          moments.add(account.operations.size());
        }
        account.operations.add(operation);
      });
      run(program);
      look();
      run.process.end();
    }

    void liveUntil(int moment, Program<P> program) {
      run.process.onOperation(operation -> {
        if (account.operations.size() >= moment) {
          throw new Killed();
        }
        account.operations.add(operation);
      });
      try {
        run(program);
      } catch (Killed e) {
        run.process.end();
        return;
      }
      throw violation(
          account,
          new AssertionError("it was killed before operation " + moment
              + " and went on: it must do the same operations in each run, and catch no Error"));
    }

    private void run(Program<P> program) {
      try {
        program.run(run);
      } catch (Killed e) {
        throw e;
      } catch (Throwable e) {
        throw violation == null ? violation(account, e) : violation;
      }
      if (violation != null) {
        throw violation;
      }
    }

    /**
     * Records what a power loss now leaves, and runs a reader. Returns whether anything changed.
     */
    private boolean look() {
      P acknowledged = run.acknowledged();
      losses += boots == null ? 0 : 1;
      if (disk.generation() == generation && Objects.equals(acknowledged, seen)) {
        return false;
      }
      generation = disk.generation();
      seen = acknowledged;
      if (read.add(new Known(canonicalForm.apply(disk.visible()), acknowledged))) {
        read();
      }
      if (boots != null) {
        note(boots);
      }
      return true;
    }

    private void note(List<Left<P>> to) {
      P acknowledged = run.acknowledged();
      for (Image.Directory image : disk.possibleAfterPowerLoss()) {
        left++;
        if (known.add(new Known(canonicalForm.apply(image), acknowledged))) {
          int operations = account.operations.size();
          Origin origin = new Origin(account, operations, "the power is lost", image);
          to.add(new Left<>(image, acknowledged, disk.boot() + 1, origin));
        }
      }
    }

    private void read() {
      int operations = account.operations.size();
      Origin origin = new Origin(account, operations, "another process reads", disk.visible());
      Session other = new Session(new Account("a reader", origin), disk, run.acknowledged());
      other.run.process.onOperation(other.account.operations::add);
      try {
        reader.run(other.run);
      } catch (Throwable e) {
        violation = violation(other.account, e);
        throw violation;
      }
      other.run.process.end();
    }

    private Violation violation(Account told, Throwable cause) {
      StringBuilder text = new StringBuilder();
      text.append(told.name).append(" fails: ").append(cause).append('\n');
      text.append("acknowledged: ").append(run.acknowledged()).append('\n');
      tell(told, told.operations.size(), text);
      return new Violation(text.toString(), cause);
    }
  }

  private static void tell(Account account, int operations, StringBuilder text) {
    Origin origin = account.origin;
    if (origin != null) {
      tell(origin.before, origin.operations, text);
      text.append("-- ").append(origin.end);
      Image image = origin.image;
      if (image != null) {
        text.append("; on the disk is\n");
        tell("", image, text);
      } else {
        text.append('\n');
      }
    }
    text.append(account.name).append(":\n");
    for (int i = 0; i < operations; i++) {
      Operation operation = account.operations.get(i);
      String kind = operation.kind().name().toLowerCase(Locale.ROOT);
      text.append("%4d %s %s\n".formatted(i, kind, operation.path()));
    }
  }

  private static void tell(String path, Image image, StringBuilder text) {
    if (image instanceof Image.Directory directory) {
      text.append("    ").append(directory.mode()).append(' ').append(path).append("/\n");
      directory.entries().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(entry -> tell(path + "/" + entry.getKey(), entry.getValue(), text));
    } else if (image instanceof Image.Plain file) {
      int size = file.content().length();
      text.append("    ").append(file.mode()).append(' ').append(path);
      text.append(" (").append(size).append(size == 1 ? " byte): " : " bytes): ");
      text.append(shown(file.content())).append('\n');
    } else {
      text.append("    ").append(image).append(' ').append(path).append('\n');
    }
  }

  /** Returns the start of a content on one line. */
  private static String shown(String content) {
    StringBuilder shown = new StringBuilder();
    content.chars().limit(SHOWN_BYTES).forEach(c -> {
      if (c == '\n') {
        shown.append("\\n");
      } else if (c < ' ' || c > '~') {
        shown.append("\\x%02x".formatted(c));
      } else {
        shown.append((char) c);
      }
    });
    return content.length() > SHOWN_BYTES ? shown + "..." : shown.toString();
  }
}

package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A system that systemd has booted in a container, with a network of its own. */
final class BootedSystem implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  /** The exit code of systemd-nspawn with {@code --keep-unit} if the system reboots. */
  private static final int REBOOTED = 133;

  private final Process container;
  private final Path folder;

  private BootedSystem(Process container, Path folder) {
    this.container = container;
    this.folder = folder;
  }

  /**
   * Boots a system, and waits until it has started.
   *
   * @param folder for files about what is run in the system
   * @param commandLine what systemd reads instead of the kernel's command line
   */
  static BootedSystem boot(Path root, Path folder, String... commandLine) throws Exception {
    BootedSystem system = powerOn(root, folder, commandLine);
    try {
      system.awaitStart();
    } catch (AssertionError | Exception e) {
      system.close();
      throw e;
    }
    return system;
  }

  /** Boots a system, and does not wait. */
  static BootedSystem powerOn(Path root, Path folder, String... commandLine) throws Exception {
    Tools.assumePresent("systemd-nspawn");
    Tools.assumePresent("nsenter");
    List<String> command = new ArrayList<>(List.of(
        "systemd-nspawn",
        "--quiet",
        "--register=no",
        "--keep-unit",
        "--private-network",
        "--console=pipe",
        "--directory=" + root,
        "--boot"));
    command.addAll(List.of(commandLine));
    Process container = new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("console").toFile())
        .start();
    return new BootedSystem(container, folder);
  }

  /** Waits until the system reboots. */
  void awaitReboot() throws Exception {
    assertThat(container.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("has ended")
        .isTrue();
    assertThat(container.exitValue()).isEqualTo(REBOOTED);
  }

  private void awaitStart() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    Result state = new Result(1, "", "");
    while (System.nanoTime() < end && container.isAlive()) {
      if (container.children().findAny().isPresent()) {
        state = run("systemctl", "is-system-running", "--wait");
        if (state.out().startsWith("running") || state.out().startsWith("degraded")) {
          return;
        }
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new AssertionError("not started: " + state);
  }

  /** Runs a command in the system. */
  Result run(String... command) throws Exception {
    Optional<ProcessHandle> init = container.children().findFirst();
    assertThat(init).isPresent();
    List<String> all = new ArrayList<>(List.of(
        "timeout",
        "120",
        "nsenter",
        "--target",
        Long.toString(init.get().pid()),
        "--all",
        "env",
        "-i",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL=C.UTF-8"));
    all.addAll(List.of(command));
    return Program.run(folder, "", all.toArray(String[]::new));
  }

  /** Runs a command in the system that must succeed, and returns what it printed. */
  String must(String... command) throws Exception {
    Result result = run(command);
    assertThat(result.code()).as("%s: %s", List.of(command), result).isZero();
    return result.out().strip();
  }

  @Override
  public void close() {
    container.destroy();
    container.onExit().completeOnTimeout(container, 30, TimeUnit.SECONDS).join();
    if (container.isAlive()) {
      container.descendants().forEach(ProcessHandle::destroyForcibly);
      container.destroyForcibly().onExit().join();
    }
  }
}

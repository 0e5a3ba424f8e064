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
   */
  static BootedSystem boot(Path root, Path folder) throws Exception {
    Tools.assumePresent("systemd-nspawn");
    Tools.assumePresent("nsenter");
    File console = folder.resolve("console").toFile();
    Process container = new ProcessBuilder(
            "systemd-nspawn",
            "--quiet",
            "--register=no",
            "--keep-unit",
            "--private-network",
            "--console=pipe",
            "--directory=" + root,
            "--boot")
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(console)
        .start();
    BootedSystem system = new BootedSystem(container, folder);
    try {
      system.awaitStart();
    } catch (AssertionError | Exception e) {
      system.close();
      throw e;
    }
    return system;
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

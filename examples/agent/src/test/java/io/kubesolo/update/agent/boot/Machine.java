package io.kubesolo.update.agent.boot;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A PC in QEMU, whose processor is emulated. Its disk has a volatile cache: what the guest has not
 * flushed is lost when the power is cut.
 */
final class Machine implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final Process cache;
  private final Process computer;
  private final SerialConsole console;

  /**
   * Switches a machine on.
   *
   * @param folder for its socket and its logs
   * @param disk the disk that it boots from
   * @param usr a second disk, which is only read
   */
  Machine(Path folder, Path disk, Path usr) throws IOException, InterruptedException {
    this.folder = folder;
    Path socket = folder.resolve("socket");
    Files.deleteIfExists(socket);
    cache = start(
        "nbdkit.log",
        List.of(
            "nbdkit",
            "--foreground",
            "--unix=" + socket,
            "--filter=cache",
            "file",
            disk.toString(),
            "cache=writeback",
            "cache-min-block-size=4096"));
    awaitSocket(socket);
    // KVM is not on every machine that runs the tests.
    List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "pc"));
    command.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "Nehalem,+rdrand", "-smp", "1"));
    command.addAll(List.of("-m", "256", "-nodefaults", "-no-user-config", "-display", "none"));
    command.addAll(List.of("-vga", "none", "-serial", "stdio", "-monitor", "none"));
    addDisk(command, "boot", "file=nbd+unix:///?socket=" + socket);
    addDisk(command, "usr", "readonly=on,file=" + usr);
    command.addAll(List.of("-netdev", "user,id=network"));
    command.addAll(List.of("-device", "virtio-net-pci,netdev=network,romfile="));
    computer = start("qemu.log", command);
    console = new SerialConsole(
        computer.getInputStream(), computer.getOutputStream(), folder.resolve("console.log"));
  }

  private static void addDisk(List<String> command, String id, String drive) {
    command.addAll(List.of("-drive", drive + ",format=raw,if=none,id=" + id));
    command.addAll(List.of("-device", "virtio-blk-pci,drive=" + id));
  }

  private Process start(String log, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectError(Redirect.appendTo(folder.resolve(log).toFile()))
        .directory(new File("/"))
        .start();
  }

  private void awaitSocket(Path socket) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (Files.notExists(socket)) {
      if (System.nanoTime() > deadline || !cache.isAlive()) {
        throw new AssertionError("nbdkit does not serve the disk, see " + folder);
      }
      Thread.sleep(10);
    }
  }

  SerialConsole console() {
    return console;
  }

  /** Cuts the power: the machine stops at once, and what its disk has not written is lost. */
  @Override
  public void close() {
    computer.destroyForcibly().onExit().join();
    cache.destroyForcibly().onExit().join();
  }
}

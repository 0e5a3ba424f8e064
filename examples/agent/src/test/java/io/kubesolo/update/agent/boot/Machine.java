package io.kubesolo.update.agent.boot;

import io.kubesolo.update.agent.testkit.VolatileDisk;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A PC in QEMU, whose processor is emulated, and its disk. */
final class Machine {
  private final VolatileDisk disk;
  private final Process computer;
  private final SerialConsole console;

  /**
   * Switches a machine on.
   *
   * @param folder for its logs
   * @param disk the disk that it boots from
   * @param usr a second disk, which is only read
   */
  Machine(Path folder, VolatileDisk disk, Path usr) throws IOException {
    this.disk = disk;
    // KVM is not on every machine that runs the tests.
    List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "pc"));
    command.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "Nehalem,+rdrand", "-smp", "1"));
    command.addAll(List.of("-m", "256", "-nodefaults", "-no-user-config", "-display", "none"));
    command.addAll(List.of("-vga", "none", "-serial", "stdio", "-monitor", "none"));
    addDisk(command, "boot", "file=" + disk.address());
    addDisk(command, "usr", "readonly=on,file=" + usr);
    command.addAll(List.of("-netdev", "user,id=network"));
    command.addAll(List.of("-device", "virtio-net-pci,netdev=network,romfile="));
    computer = new ProcessBuilder(command)
        .redirectError(Redirect.appendTo(folder.resolve("qemu.log").toFile()))
        .directory(new File("/"))
        .start();
    console = new SerialConsole(
        computer.getInputStream(), computer.getOutputStream(), folder.resolve("console.log"));
  }

  private static void addDisk(List<String> command, String id, String drive) {
    command.addAll(List.of("-drive", drive + ",format=raw,if=none,id=" + id));
    command.addAll(List.of("-device", "virtio-blk-pci,drive=" + id));
  }

  SerialConsole console() {
    return console;
  }

  VolatileDisk disk() {
    return disk;
  }

  /**
   * Cuts the power: the machine stops at once.
   *
   * @param survives whether the next block that was written and not flushed is on the disk nevertheless
   */
  void cutPower(BooleanSupplier survives) throws IOException {
    computer.destroyForcibly().onExit().join();
    disk.switchOff(survives);
  }
}

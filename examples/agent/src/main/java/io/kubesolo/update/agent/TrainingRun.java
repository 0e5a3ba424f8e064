package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.cli.Output;
import io.kubesolo.update.agent.cli.ResultStream;
import io.kubesolo.update.agent.demo.DemoServer;
import io.kubesolo.update.agent.demo.DeviceFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Runs the commands that are run most often, silently and on files of its own, and loads all
 * classes of this program. The JVM in which packaging runs this archives the classes it loaded, and
 * those that come later start with them.
 */
final class TrainingRun {
  private static final int IMAGE_BYTES = 64 * 1024;

  private static final List<String> ON_A_STATE = List.of(
      "send check",
      "send check",
      "status",
      "status --deadlines checking=1ms",
      "send download --to-version v1.1 --running-version v1.0",
      "send download --to-version v1.1 --running-version v1.0 --json",
      "send fail --error no-network --json",
      "send acknowledge --if-revision 3",
      "send download --to-version v1.2 --running-version v1.0",
      "send stage",
      "send activate",
      "send rollback --error sick",
      "status",
      "status --json",
      "history",
      "history --json",
      "events",
      "reconcile --running-version v1.0",
      "replay -",
      "what-if check",
      "repair");

  /** What timers, units and operators run on a device, from an update to the next round. */
  private static final List<String> ON_A_DEVICE = List.of(
      "simulate-boot",
      "healthcheck --reboot-exit-code",
      "check",
      "apply",
      "activate",
      "simulate-boot",
      "healthcheck",
      "run",
      "ack",
      "run --reboot-exit-code",
      "tick",
      "status",
      "status --json",
      "status --report",
      "metrics");

  private final Path folder;
  private final Output nowhere = new Output(
      new ResultStream(OutputStream.nullOutputStream()),
      new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));

  private TrainingRun(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs the commands.
   *
   * @param arguments ignored
   * @throws IOException if the folder of temporary files cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    System.setIn(InputStream.nullInputStream());
    Path folder = Files.createTempDirectory("training-");
    try {
      new TrainingRun(folder).run();
    } finally {
      delete(folder);
    }
  }

  private void run() throws IOException {
    Locale.setDefault(Locale.ROOT);
    Output.ofProcess();
    String state = folder.resolve("state.json").toString();
    ON_A_STATE.forEach(line -> perform("--state", state, line));
    Path published = folder.resolve("server");
    try (DemoServer server = DemoServer.serve(published)) {
      String device = device(published, server.address()).toString();
      ON_A_DEVICE.forEach(line -> perform("--device", device, line));
    }
    loadOwnClasses();
  }

  /**
   * Loads the classes of this program that no command above used, because one of them opens
   * the jar.
   */
  private static void loadOwnClasses() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("java.class.path"))) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        String name = entry.getName();
        if (name.startsWith("io/kubesolo/update/") && name.endsWith(".class")) {
          load(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
        }
      }
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, false, TrainingRun.class.getClassLoader());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the jar has a class that cannot be loaded: " + name, e);
    }
  }

  /** Makes a device with v1.0, for which v1.1 is published. */
  private Path device(Path published, URI server) throws IOException {
    DeviceFactory factory = new DeviceFactory();
    Path device = folder.resolve("device");
    byte[] image = new byte[IMAGE_BYTES];
    factory.makeDevice(
        device,
        Map.of("server", server.toString(), "fetch_timeout_s", 5, "health_check", List.of("true")),
        IMAGE_BYTES,
        "v1.0",
        image);
    factory.publish(published, "v1.1", image);
    return device;
  }

  private void perform(String option, String path, String line) {
    List<String> arguments = new ArrayList<>(List.of(option, path));
    arguments.addAll(List.of(line.split(" ", -1)));
    Main.run(nowhere, arguments.toArray(String[]::new));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

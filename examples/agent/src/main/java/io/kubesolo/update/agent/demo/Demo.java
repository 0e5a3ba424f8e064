package io.kubesolo.update.agent.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The steps of the demo command, each by the command that an operator would type. */
public final class Demo {
  private static final int IMAGE_BYTES = 1 << 20;
  private static final int SLOT_BYTES = 2 << 20;
  private static final String SICK_VERSION = "v1.3";

  private final DemoConsole console;
  private final Path folder;
  private final Path device;
  private final Path published;
  private final DeviceFactory maker = new DeviceFactory();
  private boolean asExpected = true;

  public Demo(DemoConsole console, Path folder) {
    this.console = console;
    this.folder = folder;
    this.device = folder.resolve("device");
    this.published = folder.resolve("server");
  }

  /** Runs the steps, and returns whether every command ended as it should. */
  public boolean run() throws IOException, InterruptedException {
    try (DemoServer server = DemoServer.serve(published)) {
      setUp(server);
      goodUpdate();
      alteredDownload();
      failedHealthCheck();
      killInMidDownload(server);
      lookBack();
    }
    console.print("");
    console.print("All of this is in " + folder + ", and nothing outside it.");
    return asExpected;
  }

  private void setUp(DemoServer server) throws IOException, InterruptedException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("server", server.address().toString());
    config.put(
        "health_check",
        List.of(
            "sh",
            "-c",
            "[ $UPDATE_VERSION != " + SICK_VERSION + " ] || { echo no network; exit 1; }"));
    config.put("health_timeout_s", 10);
    config.put("health_interval_s", 1);
    config.put("fetch_timeout_s", 10);
    heading("A device with v1.0 in slot a, and an update server at " + server.address());
    maker.makeDevice(device, config, SLOT_BYTES, "v1.0", image("v1.0"));
    maker.publish(published, "v1.0", image("v1.0"));
    expect(0, "simulate-boot");
    expect(0, "healthcheck");
    expect(0, "check");
  }

  private void goodUpdate() throws IOException {
    heading("A good update");
    publish("v1.1");
    expect(0, "check");
    expect(0, "apply");
    expect(0, "activate");
    expect(0, "simulate-boot");
    expect(0, "healthcheck");
    expect(0, "ack");
  }

  private void alteredDownload() throws IOException {
    heading("A download that was altered after it was signed");
    publish("v1.2");
    byte[] altered = image("v1.2");
    altered[IMAGE_BYTES / 2] ^= 1;
    Files.write(published.resolve("v1.2.img"), altered);
    expect(1, "apply");
    expect(0, "ack");
  }

  private void failedHealthCheck() throws IOException {
    heading("An update that is not healthy");
    publish(SICK_VERSION);
    expect(0, "apply");
    expect(0, "activate");
    expect(0, "simulate-boot");
    expect(1, "healthcheck");
    expect(0, "simulate-boot");
    expect(0, "healthcheck");
  }

  private void killInMidDownload(DemoServer server) throws IOException, InterruptedException {
    heading("A process that is killed in mid-download");
    publish("v1.4");
    server.dripAfter(IMAGE_BYTES / 2);
    killApply();
    server.dripAfter(Integer.MAX_VALUE);
    expect(0, "status");
    expect(0, "apply");
    expect(0, "activate");
    expect(0, "simulate-boot");
    expect(0, "healthcheck");
  }

  private void lookBack() {
    heading("The state now, and the history");
    expect(0, "status");
    expect(0, "history");
  }

  private void publish(String version) throws IOException {
    maker.publish(published, version, image(version));
  }

  private static byte[] image(String version) {
    byte[] image = new byte[IMAGE_BYTES];
    new Random(version.hashCode()).nextBytes(image);
    return image;
  }

  private void heading(String text) {
    console.print("");
    console.printHeading("== " + text);
  }

  private void command(String text) {
    console.printCommand("$ update-agent " + text);
  }

  private void expect(int code, String command) {
    command(command);
    int actual = console.run("--device", device.toString(), command);
    if (actual != code) {
      console.printError(
          "the demo expected exit code " + code + " of " + command + ", and got " + actual);
      asExpected = false;
    }
  }

  /** Runs apply as a process of its own, and kills it once half of the download is there. */
  private void killApply() throws IOException, InterruptedException {
    command("apply");
    Process apply = console.start("--device", device.toString(), "apply");
    try {
      while (apply.isAlive() && downloaded() < IMAGE_BYTES / 2) {
        Thread.sleep(10);
      }
    } finally {
      apply.toHandle().destroyForcibly();
      apply.waitFor();
    }
    new String(apply.getInputStream().readAllBytes(), UTF_8).lines().forEach(console::print);
    console.print("killed, with %d of %d bytes on the disk".formatted(downloaded(), IMAGE_BYTES));
  }

  private long downloaded() throws IOException {
    Path download = device.resolve("download");
    if (Files.notExists(download)) {
      return 0;
    }
    try (var files = Files.list(download)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}

package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.LinuxBoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The running version, as the files of a system show it. */
final class RunningSystemTest {
  @TempDir
  Path root;

  @TempDir
  Path dir;

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(
        dir.resolve("device.json"), "{\"server\":\"http://h/\",\"health_check\":[\"x\"]}");
    Files.createDirectories(dir.resolve("slots"));
  }

  @Test
  void isTheSlotThatTheKernelWasStartedWith() throws Exception {
    system("proc/cmdline", "BOOT_IMAGE=(hd0,3)/vmlinuz update_agent.slot=b panic=10 quiet\n");

    RunningSystem running = device().running();

    assertThat(running.slot()).isEqualTo(Slot.B);
    assertThat(running.boot(Duration.ZERO).map(Boot::id))
        .isEqualTo(LinuxBoot.now().map(Boot::id));
  }

  @ParameterizedTest
  @CsvSource({"update_agent.slot=c", "xupdate_agent.slot=a", "update_agent.slot=", "quiet"})
  void isNotKnownWithoutASlotOnTheCommandLine(String commandLine) throws Exception {
    system("proc/cmdline", commandLine);

    assertThat(messageOf(() -> device().running()))
        .startsWith(dir.resolve("running.json") + ": is missing: the device is not booted");
  }

  @Test
  void isWhatTheBootRecordOfASimulatedDeviceSays() throws Exception {
    system("proc/cmdline", "update_agent.slot=b");
    system("etc/os-release", "VERSION_ID=12");
    new BootRecord(Slot.A, "boot 7", Duration.ofSeconds(5)).save(dir.resolve("running.json"));

    RunningSystem running = device().running();

    assertThat(running.slot()).isEqualTo(Slot.A);
    assertThat(running.boot(Duration.ofSeconds(8)).get())
        .isEqualTo(new Boot("boot 7", Duration.ofSeconds(3)));
    assertThat(running.version(device().slots())).as("of the host").isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "VERSION_ID=12|12",
        "VERSION_ID=12~IMAGE_VERSION=v1.1|v1.1",
        "IMAGE_VERSION=\"v 1.1\"~VERSION_ID='12'|v 1.1",
        "IMAGE_VERSION=''~VERSION_ID='1\\2'|1\\2",
        "VERSION_ID=\"a\\\"b\"|a\"b",
        "#VERSION_ID=1~ID=debian|",
        "|",
      })
  void hasTheVersionOfOsRelease(String lines, String version) throws Exception {
    system("proc/cmdline", "update_agent.slot=a");
    system("etc/os-release", lines == null ? "" : lines.replace('~', '\n'));
    system("usr/lib/os-release", "VERSION_ID=other\n");

    String expected = lines == null ? "other" : version;
    assertThat(device().running().version(device().slots()).orElse(null)).isEqualTo(expected);
  }

  @Test
  void hasTheVersionOfItsNoteBeforeThatOfOsRelease() throws Exception {
    system("proc/cmdline", "update_agent.slot=a");
    system("etc/os-release", "VERSION_ID=12");
    Slots slots = device().slots();
    Files.write(slots.note(Slot.A), DeviceFactory.content("v3", new byte[] {1}).toJson());

    assertThat(device().running().version(slots)).contains("v3");
  }

  @Test
  void saysThatNoVersionIsKnown() throws Exception {
    system("proc/cmdline", "update_agent.slot=a");

    assertThat(device().running().version(device().slots())).isEmpty();
    assertThat(device().running().unknownVersion(device().slots()))
        .hasMessage(
            dir.resolve("slots/a.json") + ": is missing: the content of slot a is unknown, and"
                + " os-release has no valid IMAGE_VERSION or VERSION_ID");
  }

  private Device device() throws Exception {
    return Device.open(dir, new SystemFiles(root));
  }

  private void system(String file, String content) throws IOException {
    Files.createDirectories(root.resolve(file).resolveSibling("."));
    Files.writeString(root.resolve(file), content);
  }
}

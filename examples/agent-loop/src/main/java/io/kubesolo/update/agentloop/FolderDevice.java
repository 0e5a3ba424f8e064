package io.kubesolo.update.agentloop;

import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A simulated device in a folder. {@code running}, {@code passive}, {@code next} and {@code good}
 * hold a version each; {@code offer} is the server. {@code defect} and {@code problem}, if they
 * exist, say what is wrong with the offered image and with the running slot.
 */
final class FolderDevice implements Device {
  private final Path folder;

  FolderDevice(Path folder) {
    this.folder = folder;
  }

  @Override
  public String runningVersion() throws IOException {
    return read("running");
  }

  @Override
  public Option<String> offer() throws IOException {
    return Option.some(read("offer")).filter(version -> !version.isEmpty());
  }

  @Override
  public Option<String> install(String version) throws IOException {
    Option<String> defect = readIfPresent("defect");
    if (defect.isEmpty()) {
      write("passive", version);
    }
    return defect;
  }

  @Override
  public void bootOtherSlot() throws IOException {
    write("next", read("passive"));
  }

  @Override
  public Option<String> healthProblem() throws IOException {
    return readIfPresent("problem");
  }

  @Override
  public void markGood() throws IOException {
    write("good", read("running"));
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name)).strip();
  }

  private Option<String> readIfPresent(String name) throws IOException {
    return Files.exists(folder.resolve(name)) ? Option.some(read(name)) : Option.none();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}

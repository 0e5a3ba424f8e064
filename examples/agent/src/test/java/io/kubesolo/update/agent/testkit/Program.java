package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program of the machine. */
public final class Program {
  private Program() {}

  /** Runs a program to its end, with files in a folder for what it says. */
  public static CommandLineRun.Result run(Path folder, String input, String... command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process = new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(UTF_8));
    }
    return new CommandLineRun.Result(
        process.waitFor(), Files.readString(out), Files.readString(err));
  }
}

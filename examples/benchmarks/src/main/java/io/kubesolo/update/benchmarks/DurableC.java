package io.kubesolo.update.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;

/** A C program that does nothing but the flushes and the rename. */
final class DurableC implements DurableContender {
  private final Process process;
  private final PrintStream orders;
  private final BufferedReader answers;

  DurableC(Path program, Path folder) throws IOException {
    process = new ProcessBuilder(program.toString(), folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    orders = new PrintStream(process.getOutputStream(), true, US_ASCII);
    answers = process.inputReader(US_ASCII);
  }

  @Override
  public String title() {
    return "C: the flushes and the rename";
  }

  @Override
  public long[] run(int times) throws IOException {
    orders.println(times);
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the C program ended");
    }
    return Arrays.stream(line.strip().split(" ")).mapToLong(Long::parseLong).toArray();
  }

  @Override
  public void close() throws IOException {
    orders.close();
    answers.close();
  }
}

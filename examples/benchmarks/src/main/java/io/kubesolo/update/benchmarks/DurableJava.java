package io.kubesolo.update.benchmarks;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The same calls as the C program's, made by Java: what the JVM itself costs. */
final class DurableJava implements DurableContender {
  private final Path folder;
  private final Path file;
  private final Path temporary;
  private final byte[] content = new byte[700];

  DurableJava(Path folder) {
    this.folder = folder;
    this.file = folder.resolve("java.json");
    this.temporary = folder.resolve("java.json.tmp");
  }

  @Override
  public String title() {
    return "Java: the flushes and the rename";
  }

  @Override
  public long[] run(int times) throws IOException {
    return DurableContender.timed(times, this::replace);
  }

  private void replace() throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
      channel.write(ByteBuffer.wrap(content));
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(folder, READ)) {
      directory.force(true);
    }
  }

  @Override
  public void close() {}
}

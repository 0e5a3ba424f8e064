package io.kubesolo.update.agent.io;

import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.persist.DurableFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/** Files that are read whole, and replaced or removed so that it survives a power cut. */
public final class SmallFile {
  private static final int MAX_BYTES = 64 * 1024;

  private SmallFile() {}

  public static Either<Failure, byte[]> read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      return bytes.length <= MAX_BYTES
          ? Either.right(bytes)
          : Either.left(Failure.at(file, "has more than " + MAX_BYTES + " bytes"));
    } catch (IOException e) {
      return Either.left(Failure.at(file, e));
    }
  }

  /** Reads an object, of which {@code reader} makes what it says. */
  public static <T> Either<Failure, T> readJson(
      Path file, Function<JsonObject, Either<String, T>> reader) {
    return read(file)
        .flatMap(bytes ->
            JsonObject.parse(bytes).flatMap(reader).mapLeft(problem -> Failure.at(file, problem)));
  }

  /** Replaces a file that nobody else writes. */
  public static Either<Failure, Path> replace(Path file, byte[] bytes) {
    DurableFile.deleteStale(file);
    return answer(file, DurableFile.replace(file, bytes));
  }

  public static Either<Failure, Path> makeFolder(Path folder) {
    return answer(folder, DurableFile.createDirectories(folder));
  }

  private static Either<Failure, Path> answer(Path path, Option<NotPersisted> failure) {
    return failure
        .map(why -> Failure.at(why.path(), why.problem()))
        .toEither(path)
        .swap();
  }

  public static Either<Failure, Path> remove(Path file) {
    try {
      if (Files.deleteIfExists(file)) {
        sync(file.resolveSibling("."));
      }
      return Either.right(file);
    } catch (IOException e) {
      return Either.left(Failure.at(file, e));
    }
  }

  /** Makes durable what a predecessor may have renamed or removed before it died. */
  public static Either<Failure, Path> settle(Path directory) {
    try {
      sync(directory);
      return Either.right(directory);
    } catch (IOException e) {
      return Either.left(Failure.at(directory, e));
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

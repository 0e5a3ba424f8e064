package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.agent.io.SmallFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongFunction;

/**
 * The download of an image into a file named by its SHA-256, so that no other image is ever resumed
 * from it. What is there already is not fetched again. It need not have reached the disk before a
 * power cut: where a resumed download does not verify, it is thrown away and fetched once more.
 */
public final class ImageDownload {
  private static final int CHUNK = 64 * 1024;

  private final Path folder;
  private final UpdateServer server;
  private final Manifest manifest;
  private final LongFunction<Option<Failure>> progress;

  /**
   * Prepares a download.
   *
   * @param progress told how many bytes are there; may answer why to break off
   */
  public ImageDownload(
      Path folder, UpdateServer server, Manifest manifest, LongFunction<Option<Failure>> progress) {
    this.folder = folder;
    this.server = server;
    this.manifest = manifest;
    this.progress = progress;
  }

  /** Removes what any download has left. */
  public static Either<Failure, Path> discard(Path folder) {
    return discard(folder, Option.none());
  }

  private static Either<Failure, Path> discard(Path folder, Option<Path> kept) {
    if (Files.notExists(folder)) {
      return Either.right(folder);
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!kept.contains(file)) {
          Files.delete(file);
        }
      }
      return Either.right(folder);
    } catch (IOException e) {
      return Either.left(Failure.at(folder, e));
    }
  }

  /** Fetches what is missing, and yields the file once its size and SHA-256 are the manifest's. */
  public Either<Failure, Path> run() {
    Path part = folder.resolve(manifest.content().sha256() + ".part");
    return SmallFile.makeFolder(folder)
        .flatMap(made -> discard(folder, Option.some(part)))
        .flatMap(tidy -> present(part))
        .flatMap(present -> fetch(part, present));
  }

  private Either<Failure, Long> present(Path part) {
    try {
      return Either.right(Files.exists(part) ? Files.size(part) : 0L);
    } catch (IOException e) {
      return Either.left(Failure.at(part, e));
    }
  }

  private Either<Failure, Path> fetch(Path part, long present) {
    return pull(part, present).flatMap(complete -> digest(part)).flatMap(sha256 -> {
      if (sha256.equals(manifest.content().sha256())) {
        return Either.right(part);
      }
      return SmallFile.remove(part)
          .flatMap(gone -> present > 0 ? fetch(part, 0) : Either.left(altered(sha256)));
    });
  }

  private Failure altered(String sha256) {
    return Failure.at(
        server.address(manifest.file()),
        "has SHA-256 %.16s..., the manifest says %.16s..."
            .formatted(sha256, manifest.content().sha256()));
  }

  private Either<Failure, String> digest(Path part) {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ)) {
      return Either.right(Sha256.of(channel, channel.size()));
    } catch (IOException e) {
      return Either.left(Failure.at(part, e));
    }
  }

  private Either<Failure, Path> pull(Path part, long present) {
    if (present == size()) {
      return Either.right(part);
    }
    long from = present > size() ? 0 : present;
    return server.open(manifest.file(), from).flatMap(body -> {
      try (body) {
        return store(part, body);
      }
    });
  }

  /** A file that cannot be written is removed: it may be what fills the disk. */
  private Either<Failure, Path> store(Path part, UpdateServer.Body body) {
    try (FileChannel to =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      to.truncate(body.from());
      to.position(body.from());
      return pump(body, to).map(done -> part);
    } catch (IOException e) {
      SmallFile.remove(part);
      return Either.left(Failure.at(part, e));
    }
  }

  private Either<Failure, Long> pump(UpdateServer.Body body, FileChannel to) throws IOException {
    byte[] buffer = new byte[CHUNK];
    long done = body.from();
    Option<Failure> stop = progress.apply(done);
    while (stop.isEmpty()) {
      Either<Failure, Integer> read = read(body, buffer);
      if (read.isLeft()) {
        return Either.left(read.getLeft());
      }
      if (read.get() < 0) {
        return done == size() ? Either.right(done) : trouble("ended after %d of %d bytes", done);
      }
      done += read.get();
      if (done > size()) {
        return trouble("goes on after %d of %d bytes", done);
      }
      write(to, ByteBuffer.wrap(buffer, 0, read.get()));
      stop = progress.apply(done);
    }
    return Either.left(stop.get());
  }

  private Either<Failure, Integer> read(UpdateServer.Body body, byte[] buffer) {
    try {
      return Either.right(body.in().read(buffer));
    } catch (IOException e) {
      return Either.left(Failure.at(server.address(manifest.file()), body.reason(e)));
    }
  }

  private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private <T> Either<Failure, T> trouble(String problem, long done) {
    return Either.left(
        Failure.at(server.address(manifest.file()), problem.formatted(done, size())));
  }

  private long size() {
    return manifest.content().size();
  }
}

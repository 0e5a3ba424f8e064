package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.agent.io.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The download of an image into the passive slot, by way of a file named by the image's SHA-256, so
 * that a download is resumed from no other image. The file need not be durable: if a resumed
 * download does not verify, it is thrown away and fetched once more.
 */
public final class ImageDownload {
  private static final int CHUNK = 64 * 1024;
  private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();

  /** Follows a download, and may end it. */
  public interface Observer extends DownloadProgress {
    /** Called if a download is resumed. */
    void resumed(long done, long total);

    /** Throws if the image is not wanted any more. Called about once a second and at the end. */
    void checkWanted() throws Failure;
  }

  private final Device device;
  private final UpdateServer server;
  private final Manifest manifest;
  private final Observer observer;
  private long checked = System.nanoTime();
  private boolean started;

  /** Prepares a download of the image that a manifest describes. */
  public ImageDownload(Device device, UpdateServer server, Manifest manifest, Observer observer) {
    this.device = device;
    this.server = server;
    this.manifest = manifest;
    this.observer = observer;
  }

  /** Removes what any download has left. */
  public static void discard(Device device) throws Failure {
    discardExcept(null, device.download());
  }

  private static void discardExcept(@Nullable Path kept, Path folder) throws Failure {
    if (Files.notExists(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!file.equals(kept)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw Failure.at(folder, e);
    }
  }

  /** Writes the image to a slot, which must be the passive one, unless the slot has it already. */
  public void run(Slot slot) throws Failure {
    Slots slots = device.slots();
    slots.requireRoom(slot, manifest.content());
    if (!slots.holds(slot, manifest.content())) {
      Path image = fetchAndClose();
      observer.checkWanted();
      slots.write(slot, image, manifest.content());
    }
  }

  private Path fetchAndClose() throws Failure {
    try {
      return fetch();
    } finally {
      observer.end();
    }
  }

  /** Fetches what is missing of the file, until its size and SHA-256 are the manifest's. */
  private Path fetch() throws Failure {
    Path part = device.download().resolve(manifest.content().sha256() + ".part");
    SmallFile.createDirectory(device.download());
    discardExcept(part, device.download());
    long present = size(part);
    String sha256 = complete(part, present);
    if (!isExpected(sha256) && present > 0) {
      SmallFile.remove(part);
      sha256 = complete(part, 0);
    }
    if (!isExpected(sha256)) {
      SmallFile.remove(part);
      throw failure("has SHA-256 %.16s..., the manifest says %.16s..."
          .formatted(sha256, manifest.content().sha256()));
    }
    return part;
  }

  private boolean isExpected(String sha256) {
    return sha256.equals(manifest.content().sha256());
  }

  private static long size(Path part) throws Failure {
    try {
      return Files.exists(part) ? Files.size(part) : 0;
    } catch (IOException e) {
      throw Failure.at(part, e);
    }
  }

  /** Fetches what is missing, and returns the SHA-256 of the file. */
  private String complete(Path part, long present) throws Failure {
    if (present != total()) {
      try (UpdateServer.Body body = server.open(manifest.file(), present > total() ? 0 : present)) {
        store(part, body);
      }
    }
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ)) {
      return Sha256.of(channel, channel.size());
    } catch (IOException e) {
      throw Failure.at(part, e);
    }
  }

  private void store(Path part, UpdateServer.Body body) throws Failure {
    try (FileChannel to =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      to.truncate(body.from());
      to.position(body.from());
      copy(body, to);
    } catch (IOException e) {
      removeQuietly(part);
      throw Failure.at(part, e);
    }
  }

  /** Removes a file that cannot be written: it may be what fills the disk. */
  private static void removeQuietly(Path part) {
    try {
      SmallFile.remove(part);
    } catch (Failure e) {
      // The failed write is reported.
    }
  }

  private void copy(UpdateServer.Body body, FileChannel to) throws IOException, Failure {
    byte[] buffer = new byte[CHUNK];
    long done = body.from();
    notifyObserver(done);
    for (int count = read(body, buffer); count >= 0; count = read(body, buffer)) {
      done += count;
      if (done > total()) {
        throw failure("goes on after %d of %d bytes".formatted(done, total()));
      }
      write(to, ByteBuffer.wrap(buffer, 0, count));
      notifyObserver(done);
    }
    if (done != total()) {
      throw failure("ended after %d of %d bytes".formatted(done, total()));
    }
  }

  private void notifyObserver(long done) throws Failure {
    if (!started && done > 0) {
      observer.resumed(done, total());
    }
    started = true;
    observer.show(manifest.version(), done, total());
    long now = System.nanoTime();
    if (now - checked >= CHECK_NANOS) {
      checked = now;
      observer.checkWanted();
    }
  }

  private int read(UpdateServer.Body body, byte[] buffer) throws Failure {
    try {
      return body.in().read(buffer);
    } catch (IOException e) {
      throw failure(body.reason(e));
    }
  }

  private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private Failure failure(String problem) {
    return Failure.at(server.address(manifest.file()), problem);
  }

  private long total() {
    return manifest.content().size();
  }
}

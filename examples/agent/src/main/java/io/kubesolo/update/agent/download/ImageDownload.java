package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Transfer;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Failure.Kind;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.agent.io.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The download of an image into the passive slot. It first goes into a file that is named by the
 * image's SHA-256, so that no call resumes it with the bytes of another image. The file need not be
 * durable: if a download that was resumed does not verify, it is deleted and fetched once more. Only
 * an answer with the whole image proves that the server has another image.
 */
public final class ImageDownload {
  private static final int CHUNK = 256 * 1024;

  /** The number of bytes beyond the furthest one so far that reset the count of tries. */
  private static final long GOOD_PROGRESS = 256 * 1024;

  private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Set<OpenOption> CREATED_OR_CHANGED =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  private static final FileAttribute<?> MODE_0600 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** Follows a download, and may end it. */
  public interface Observer extends DownloadProgress {
    /** Reports that a download is resumed. */
    void resumed(long done, long total);

    /** Throws if the image is no longer wanted. Called about once a second and at the end. */
    void checkWanted() throws Failure;
  }

  private final Device device;
  private final UpdateServer server;
  private final Manifest manifest;
  private final Observer observer;
  private long checked = System.nanoTime();
  private boolean started;

  /** Whether the file holds nothing but what one answer with the whole image has brought. */
  private boolean isFromWholeAnswer;

  /** The offset up to which bytes were fetched when the count of failed tries was started. */
  private long furthest;

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
        if (!file.equals(kept) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          delete(file);
        }
      }
    } catch (IOException e) {
      throw Failure.at(folder, e);
    }
  }

  private static void delete(Path file) throws IOException {
    try {
      Files.delete(file);
    } catch (DirectoryNotEmptyException e) {
      // No download makes a directory. It may be lost+found.
    }
  }

  /** Writes the image to a slot, which must be the passive one, unless the slot has it already. */
  public void run(Slot slot) throws Failure {
    Slots slots = device.slots();
    Slot running = device.running().slot();
    slots.requireWritable(slot, running, manifest.content());
    if (!slots.holds(slot, manifest.content())) {
      Path image = fetchAndClose();
      observer.checkWanted();
      slots.write(slot, running, image, manifest.content());
    }
  }

  private Path fetchAndClose() throws Failure {
    try {
      return fetch();
    } finally {
      observer.end();
    }
  }

  /**
   * Fetches the missing part of the file, until its size and SHA-256 are the manifest's. A file
   * that was not fetched as a whole and does not verify is fetched once more from its start.
   */
  private Path fetch() throws Failure {
    Path part = device.download().resolve(manifest.content().sha256() + ".part");
    SmallFile.createDirectory(device.download());
    discardExcept(part, device.download());
    String sha256 = complete(part);
    if (!isExpected(sha256) && !isFromWholeAnswer) {
      SmallFile.remove(part);
      sha256 = complete(part);
    }
    if (!isExpected(sha256)) {
      SmallFile.remove(part);
      String problem = "has SHA-256 %.16s..., the manifest says %.16s..."
          .formatted(sha256, manifest.content().sha256());
      throw server.failure(manifest.file(), mismatch(isFromWholeAnswer, problem));
    }
    return part;
  }

  /** Returns the failure for an image that is not the manifest's, or for a part that is none of it. */
  private static HttpException mismatch(boolean isWhole, String problem) {
    return isWhole ? HttpException.otherRequest(problem) : HttpException.retry(problem);
  }

  private boolean isExpected(String sha256) {
    return sha256.equals(manifest.content().sha256());
  }

  private static long size(Path part) throws Failure {
    try {
      return Files.exists(part) ? Files.size(part) : 0;
    } catch (IOException e) {
      throw passing(part, e);
    }
  }

  /** Fetches the missing part, in as many tries as are allowed, and returns the file's SHA-256. */
  private String complete(Path part) throws Failure {
    Retries retries = server.retries();
    furthest = size(part);
    try {
      retries.run(() -> fetchOnce(part, retries), this::checkWanted);
    } catch (HttpException e) {
      throw server.failure(manifest.file(), e);
    }
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ)) {
      return Sha256.of(channel, channel.size());
    } catch (IOException e) {
      throw passing(part, e);
    }
  }

  private Path fetchOnce(Path part, Retries retries) throws HttpException, Failure {
    long present = size(part);
    if (present != total()) {
      long from = present > total() ? 0 : present;
      requireSpace(part, total() - from);
      try (Transfer<Failure> image = server.open(manifest.file(), from, this::checkWanted)) {
        isFromWholeAnswer = image.isWhole();
        requireLength(part, image);
        store(part, image, retries);
      }
    }
    return part;
  }

  /** Throws if there is too little space. If the free space is unknown, a write finds a full disk. */
  private void requireSpace(Path part, long missing) throws Failure {
    Path folder = device.download();
    long free = freeSpace(folder);
    if (free > 0 && free < missing) {
      removeQuietly(part);
      throw Failure.of(
          Kind.PASSING,
          "%s: no space for the download: %d bytes are missing, %d are free"
              .formatted(folder, missing, free));
    }
  }

  /**
   * Returns the free space; 0 if the file system does not know it, or if the Java runtime does not
   * find the file system because /proc or an entry of its table of mounts is missing.
   */
  private static long freeSpace(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Throws if the server's file has another size. It may send less than the rest, but no more. */
  private void requireLength(Path part, Transfer<Failure> image) throws HttpException, Failure {
    long rest = total() - image.from();
    boolean shorter = image.from() == 0 && image.length() >= 0 && image.length() < rest;
    if (shorter || image.length() > rest) {
      throw misfit(
          part,
          image,
          "has %d bytes, the manifest says %d".formatted(image.from() + image.length(), total()));
    }
  }

  /**
   * Returns the failure for an answer that is too long or too short. If it is a range, the file to which
   * it was to be added is removed, so that the next try fetches the image from its start. The length of a
   * whole answer in a coding, such as gzip, says nothing about the image.
   */
  private static HttpException misfit(Path part, Transfer<Failure> image, String problem)
      throws Failure {
    if (!image.isWhole()) {
      SmallFile.remove(part);
    } else if (image.coding().isPresent()) {
      return HttpException.waiting(
          "sends " + image.coding().get() + ", which was not asked for; " + problem);
    }
    return mismatch(image.isWhole(), problem);
  }

  private void store(Path part, Transfer<Failure> image, Retries retries)
      throws HttpException, Failure {
    try (FileChannel to = FileChannel.open(part, CREATED_OR_CHANGED, MODE_0600)) {
      to.truncate(image.from());
      to.position(image.from());
      copy(part, image, to, retries);
    } catch (HttpException e) {
      throw e;
    } catch (IOException e) {
      removeQuietly(part);
      throw passing(part, e);
    }
  }

  /** Removes a file that cannot be written, because it may fill the disk. */
  private static void removeQuietly(Path part) {
    try {
      SmallFile.remove(part);
    } catch (Failure e) {
      // The failed write is reported.
    }
  }

  private void copy(Path part, Transfer<Failure> image, FileChannel to, Retries retries)
      throws IOException, Failure {
    byte[] buffer = new byte[CHUNK];
    long done = image.from();
    notifyObserver(done);
    for (int count = image.read(buffer); count >= 0; count = image.read(buffer)) {
      done += count;
      if (done > total()) {
        throw misfit(part, image, "has more than the %d bytes of the manifest".formatted(total()));
      }
      write(to, ByteBuffer.wrap(buffer, 0, count));
      if (done - furthest >= GOOD_PROGRESS) {
        furthest = done;
        retries.reset();
      }
      notifyObserver(done);
    }
    if (done < total()) {
      throw HttpException.retry("cut off after %d of %d bytes".formatted(done, total()));
    }
  }

  private void notifyObserver(long done) throws Failure {
    if (!started && done > 0) {
      observer.resumed(done, total());
    }
    started = true;
    observer.show(manifest.version(), done, total());
    checkWanted();
  }

  private void checkWanted() throws Failure {
    long now = System.nanoTime();
    if (now - checked >= CHECK_NANOS) {
      checked = now;
      observer.checkWanted();
    }
  }

  private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /** Returns a failure of this device's disk. */
  private static Failure passing(Path path, IOException e) {
    return Failure.of(Kind.PASSING, Failure.at(path, e).message());
  }

  private long total() {
    return manifest.content().size();
  }
}

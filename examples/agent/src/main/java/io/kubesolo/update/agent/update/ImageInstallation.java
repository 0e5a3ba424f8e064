package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.download.ImageDownload;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.Duration;

/** The way of an image from the server into the passive slot. */
final class ImageInstallation {
  private static final long LOOK_UP_NANOS = Duration.ofSeconds(1).toNanos();

  private final UpdateSession work;
  private final Manifest offer;
  private final Slots slots;
  private long lookedUp = System.nanoTime();
  private boolean begun;

  ImageInstallation(UpdateSession work, Manifest offer) {
    this.work = work;
    this.offer = offer;
    this.slots = work.device().slots();
  }

  Either<Failure, SlotContent> run() {
    Slot slot = work.passive();
    return slots
        .fitting(slot, offer.content())
        .flatMap(fits -> isThere(slot) ? Either.right(fits) : download(slot));
  }

  private boolean isThere(Slot slot) {
    return slots.content(slot).contains(offer.content()) && slots.whole(slot).isRight();
  }

  private Either<Failure, SlotContent> download(Slot slot) {
    Either<Failure, Path> image =
        new ImageDownload(work.device().download(), work.server(), offer, this::progress).run();
    work.progress().end();
    return image
        .flatMap(this::stillWanted)
        .flatMap(verified -> slots.write(slot, verified, offer.content()));
  }

  private Option<Failure> progress(long done) {
    if (!begun && done > 0) {
      work.say("goes on at byte %d of %d".formatted(done, offer.content().size()));
    }
    begun = true;
    work.progress().show(offer.version(), done, offer.content().size());
    long now = System.nanoTime();
    if (now - lookedUp < LOOK_UP_NANOS) {
      return Option.none();
    }
    lookedUp = now;
    return work.givenUpMeanwhile();
  }

  private Either<Failure, Path> stillWanted(Path image) {
    return work.givenUpMeanwhile().toEither(image).swap();
  }
}

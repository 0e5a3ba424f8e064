package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Either;
import java.nio.file.Path;

/** Asking the server what it offers. */
final class SignedManifest {
  private static final String SIGNATURE = Manifest.NAME + ".sig";

  private SignedManifest() {}

  /** Fetches the manifest and verifies its signature, before a byte of it is understood. */
  static Either<Failure, Manifest> ask(UpdateServer server, Path publicKey) {
    return UpdateKey.read(publicKey)
        .flatMap(key -> server
            .fetch(Manifest.NAME, Manifest.MAX_BYTES)
            .flatMap(manifest -> server
                .fetch(SIGNATURE, UpdateKey.SIGNATURE_BYTES)
                .filterOrElse(
                    signature -> key.signed(manifest, signature),
                    signature -> Failure.at(
                        server.address(SIGNATURE),
                        "the signature does not match " + Manifest.NAME + " and " + publicKey))
                .flatMap(valid -> Manifest.parse(manifest)
                    .mapLeft(problem -> Failure.at(server.address(Manifest.NAME), problem)))));
  }
}

package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Either;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** A port: where files of an update come from. */
public interface UpdateServer {
  /** Asks what is on offer; an answer that was not signed with the key's private half is trouble. */
  default Either<Failure, Manifest> offer(Path publicKey) {
    return SignedManifest.ask(this, publicKey);
  }

  /** Fetches a whole file of a few bytes. */
  Either<Failure, byte[]> fetch(String name, int maxBytes);

  /** Opens a file for reading from an offset on, or, where the server likes, from its start. */
  Either<Failure, Body> open(String name, long from);

  /** The address of a file, for a person. */
  String address(String name);

  /** An answer being read. Closing it breaks it off. */
  interface Body extends AutoCloseable {
    /** The offset of the first byte. */
    long from();

    /** The bytes; reading fails where the server keeps silent for too long. */
    InputStream in();

    @Override
    void close();

    /** What a failed read says to a person. */
    String reason(IOException e);
  }
}

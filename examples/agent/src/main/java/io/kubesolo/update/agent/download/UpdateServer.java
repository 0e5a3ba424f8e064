package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** A port: the server that the files of an update come from. */
public interface UpdateServer {
  /** Fetches the manifest, which must be signed with the private half of a key. */
  default Manifest manifest(Path publicKey) throws Failure {
    return Manifest.fetch(this, publicKey);
  }

  /** Fetches a whole file of a few bytes. */
  byte[] fetch(String name, int maxBytes) throws Failure;

  /** Opens a file for reading from an offset on, or from its start if the server prefers that. */
  Body open(String name, long from) throws Failure;

  /** Returns the address of a file, for a person. */
  String address(String name);

  /** A response that is being read. Closing it ends the connection. */
  interface Body extends AutoCloseable {
    /** Returns the offset of the first byte. */
    long from();

    /** Returns the bytes; a read fails if the server sends nothing for too long. */
    InputStream in();

    @Override
    void close();

    /** Returns what a failed read means, for a person. */
    String reason(IOException e);
  }
}

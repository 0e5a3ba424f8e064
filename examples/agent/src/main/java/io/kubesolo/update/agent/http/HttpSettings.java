package io.kubesolo.update.agent.http;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a server is reached.
 *
 * <p>Immutable.
 *
 * @param origin an address of the server that the credential is for; no other server gets it
 * @param timeout bounds each request up to the end of its header, or of its body if that is small;
 *     and the silence within an image
 * @param caFile names the certificates to trust instead of those of the Java runtime; called when
 *     a server is reached by https
 * @param authorizationFile holds the value of the Authorization field
 * @param environment returns the value of an environment variable, or null; for proxies
 */
public record HttpSettings(
    URI origin,
    Duration timeout,
    CaFile caFile,
    Optional<Path> authorizationFile,
    UnaryOperator<@Nullable String> environment) {
  /** Names a file of certificates. */
  @FunctionalInterface
  public interface CaFile {
    /**
     * Returns the file.
     *
     * @return the path of a file in PEM form, if there is one
     * @throws HttpException if what names the file is wrong
     */
    Optional<Path> path() throws HttpException;
  }
}

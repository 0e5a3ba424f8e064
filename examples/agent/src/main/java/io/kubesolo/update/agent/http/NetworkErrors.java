package io.kubesolo.update.agent.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Converts errors of the operating system and of TLS into failures of a request. */
final class NetworkErrors {
  private NetworkErrors() {}

  static HttpException of(IOException e) {
    if (e instanceof HttpException known) {
      return known;
    }
    if (e instanceof SSLException) {
      return tls(e);
    }
    return HttpException.retry(words(e));
  }

  private static String words(IOException e) {
    if (e instanceof UnknownHostException) {
      return "no such host";
    }
    if (e instanceof NoRouteToHostException) {
      return "no route to the host";
    }
    if (e instanceof SocketTimeoutException) {
      return "no connection: timed out";
    }
    String what = message(e);
    if (e instanceof ConnectException) {
      return what.substring(0, 1).toLowerCase(Locale.ROOT) + what.substring(1);
    }
    boolean cut = e instanceof EOFException || e instanceof SocketException;
    return (cut ? "cut off: " : "broken off: ") + what;
  }

  /**
   * Returns the exception for a TLS error. A certificate is not valid until an operator renews it;
   * other TLS errors may pass.
   */
  private static HttpException tls(IOException e) {
    String clock = "; the clock of this device says " + Instant.now().truncatedTo(ChronoUnit.DAYS);
    if (cause(e, CertificateExpiredException.class) != null) {
      return HttpException.waiting("the server's certificate has expired" + clock);
    }
    if (cause(e, CertificateNotYetValidException.class) != null) {
      return HttpException.waiting("the server's certificate is not valid yet" + clock);
    }
    if (cause(e, CertPathBuilderException.class) != null
        || cause(e, CertPathValidatorException.class) != null) {
      return HttpException.waiting(
          "the server's certificate was issued by no authority that is trusted here");
    }
    CertificateException certificate = cause(e, CertificateException.class);
    return certificate == null
        ? HttpException.retry("no TLS connection: " + message(e))
        : HttpException.waiting(
            "the server's certificate is not accepted: " + message(certificate));
  }

  private static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> type) {
    Throwable next = thrown;
    for (int depth = 0; next != null && depth < 20; depth++) {
      if (type.isInstance(next)) {
        return type.cast(next);
      }
      next = next.getCause();
    }
    return null;
  }

  private static String message(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null || message.isEmpty() ? thrown.getClass().getSimpleName() : message;
  }
}

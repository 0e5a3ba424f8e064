package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.http.HttpSettings.CaFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Makes TLS sockets that trust the certificates of a file, or those of the Java runtime. */
final class SslSockets {
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  private final CaFile caFile;

  SslSockets(CaFile caFile) {
    this.caFile = caFile;
  }

  /**
   * Returns the factory of sockets. The file is read each time, because it may have been renewed.
   *
   * @throws HttpException if the file holds no certificates
   */
  SSLSocketFactory factory() throws HttpException {
    Optional<Path> path = caFile.path();
    if (path.isEmpty()) {
      return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }
    Path file = path.get();
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(certificates(file));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException e) {
      throw LocalFiles.unusable("ca_file", file, e);
    } catch (GeneralSecurityException e) {
      throw HttpException.waiting("ca_file " + file + ": holds no valid certificate in PEM form");
    }
  }

  private static KeyStore certificates(Path file) throws IOException, GeneralSecurityException {
    Matcher pem = Pattern.compile(
            "-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----")
        .matcher(LocalFiles.read(file, MAX_BYTES));
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    while (pem.find()) {
      byte[] bytes = pem.group().getBytes(ISO_8859_1);
      try {
        Certificate certificate = factory.generateCertificate(new ByteArrayInputStream(bytes));
        store.setCertificateEntry("ca-" + store.size(), certificate);
      } catch (CertificateException e) {
        // One root that this Java cannot parse must not hide the others of a system's bundle.
      }
    }
    if (store.size() == 0) {
      throw new GeneralSecurityException("no certificate");
    }
    return store;
  }
}

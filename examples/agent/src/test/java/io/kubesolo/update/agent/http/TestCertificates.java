package io.kubesolo.update.agent.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A certificate and its key, made for a test: an X.509 structure written as DER. */
final class TestCertificates {
  private static final byte[] ECDSA_WITH_SHA256 =
      der(0x30, der(0x06, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  private static final byte[] BASIC_CONSTRAINTS_CA = der(
      0x30, der(0x06, 0x55, 0x1d, 0x13), der(0x01, 0xff), der(0x04, der(0x30, der(0x01, 0xff))));
  private static final AtomicLong SERIAL = new AtomicLong();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private final KeyPair keys;
  private final Certificate certificate;

  private final String name;

  private TestCertificates(
      String name, Instant from, Instant until, byte[] extension, @Nullable TestCertificates issuer)
      throws GeneralSecurityException {
    this.name = name;
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    keys = generator.generateKeyPair();
    byte[] body = der(
        0x30,
        der(0xa0, der(0x02, 0x02)),
        der(0x02, BigInteger.valueOf(SERIAL.incrementAndGet()).toByteArray()),
        ECDSA_WITH_SHA256,
        distinguished(issuer == null ? name : issuer.name),
        der(0x30, time(from), time(until)),
        distinguished(name),
        keys.getPublic().getEncoded(),
        der(0xa3, der(0x30, extension)));
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign((issuer == null ? this : issuer).keys.getPrivate());
    signer.update(body);
    byte[] signature = signer.sign();
    byte[] whole = der(0x30, body, ECDSA_WITH_SHA256, der(0x03, new byte[1], signature));
    certificate = CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(whole));
  }

  /** Makes an authority that signs its own certificate. */
  static TestCertificates authority(String name) throws GeneralSecurityException {
    Instant now = Instant.now();
    Duration days = Duration.ofDays(30);
    return new TestCertificates(name, now.minus(days), now.plus(days), BASIC_CONSTRAINTS_CA, null);
  }

  /** Issues a certificate for a DNS name and, if told so, for 127.0.0.1. */
  TestCertificates issue(String host, boolean loopback, Instant from, Instant until)
      throws GeneralSecurityException {
    return new TestCertificates(host, from, until, subjectAltName(host, loopback), this);
  }

  private static byte[] distinguished(String name) {
    byte[] text = der(0x0c, name.getBytes(US_ASCII));
    return der(0x30, der(0x31, der(0x30, der(0x06, 0x55, 0x04, 0x03), text)));
  }

  private static byte[] time(Instant instant) {
    return der(0x17, TIME.format(instant).getBytes(US_ASCII));
  }

  private static byte[] subjectAltName(String host, boolean loopback) {
    byte[] dns = der(0x82, host.getBytes(US_ASCII));
    byte[] address = loopback ? der(0x87, 127, 0, 0, 1) : new byte[0];
    return der(0x30, der(0x06, 0x55, 0x1d, 0x11), der(0x04, der(0x30, dns, address)));
  }

  private static byte[] der(int tag, int... content) {
    byte[] bytes = new byte[content.length];
    for (int i = 0; i < content.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return der(tag, bytes);
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length > 0xff) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length > 0x7f) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  String pem() throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  /** Returns what a server with this certificate speaks TLS with. */
  SSLContext context() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("key", keys.getPrivate(), new char[0], new Certificate[] {certificate});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}

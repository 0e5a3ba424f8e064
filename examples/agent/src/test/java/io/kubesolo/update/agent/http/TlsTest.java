package io.kubesolo.update.agent.http;

import static io.kubesolo.update.agent.http.RudeServer.file;
import static io.kubesolo.update.agent.http.RudeServer.redirect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubesolo.update.agent.http.HttpException.Remedy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers by https: which are trusted, and what is said of the others. */
@Timeout(30)
@SuppressWarnings("TimeInStaticInitializer") // certificates are valid around the time of the run
final class TlsTest {
  private static final Instant NOW = Instant.now();
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir
  Path dir;

  private final Map<String, String> environment = new HashMap<>();

  private final TestCertificates authority;

  TlsTest() throws Exception {
    authority = TestCertificates.authority("ours");
  }

  private TestCertificates valid() throws Exception {
    return authority.issue("localhost", true, NOW.minus(DAY), NOW.plus(DAY));
  }

  private static RudeServer serving(TestCertificates certificates) throws Exception {
    return new RudeServer(certificates.context()).on("f", file("hello".getBytes(UTF_8)));
  }

  private String fetched(URI folder, String trusted) throws Exception {
    Path file = dir.resolve("ca.pem");
    Files.writeString(file, trusted);
    return fetched(folder, Optional.of(file));
  }

  private String fetched(URI folder, Optional<Path> caFile) throws HttpException {
    HttpSettings settings = new HttpSettings(
        folder, Duration.ofSeconds(10), () -> caFile, Optional.empty(), environment::get);
    return new String(new HttpClient(settings).fetch(folder.resolve("f"), 100, () -> {}), UTF_8);
  }

  private HttpException refused(URI folder, String trusted) {
    return catchThrowableOfType(HttpException.class, () -> fetched(folder, trusted));
  }

  @Test
  void trustsTheCertificatesOfTheFile() throws Exception {
    String bundle = "# one - of another server\n"
        + TestCertificates.authority("another").pem()
        + "\nand ours:\n"
        + authority.pem().replace("\n", "\r\n");
    try (RudeServer server = serving(valid())) {
      assertThat(fetched(server.address(), bundle)).isEqualTo("hello");
      assertThat(fetched(server.address("localhost"), bundle)).isEqualTo("hello");
    }
  }

  @Test
  void trustsTheOthersIfOneCannotBeParsed() throws Exception {
    String unknown = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    try (RudeServer server = serving(valid())) {
      assertThat(fetched(server.address(), unknown + authority.pem() + unknown)).isEqualTo("hello");
    }
  }

  @Test
  void trustsNoOther() throws Exception {
    try (RudeServer server = serving(valid())) {
      String problem = "the server's certificate was issued by no authority that is trusted here";
      HttpException other =
          refused(server.address(), TestCertificates.authority("another").pem());
      HttpException sameName =
          refused(server.address(), TestCertificates.authority("ours").pem());
      HttpException unknown = catchThrowableOfType(
          HttpException.class, () -> fetched(server.address(), Optional.empty()));

      assertThat(other).hasMessage(problem);
      assertThat(sameName).hasMessage(problem);
      assertThat(unknown).hasMessage(problem);
      assertThat(other.remedy()).isEqualTo(Remedy.WAIT);
      assertThat(server.requests())
          .allSatisfy(request -> assertThat(request.lines()).isEmpty());
    }
  }

  @Test
  void trustsNoOtherName() throws Exception {
    TestCertificates certificates =
        authority.issue("other.example", false, NOW.minus(DAY), NOW.plus(DAY));
    try (RudeServer server = serving(certificates)) {
      HttpException failure = refused(server.address("localhost"), authority.pem());

      assertThat(failure)
          .hasMessageStartingWith("the server's certificate is not accepted: ")
          .hasMessageContaining("localhost");
      assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
    }
  }

  @Test
  void saysThatACertificateHasExpiredOrIsNotValidYet() throws Exception {
    TestCertificates old =
        authority.issue("localhost", true, NOW.minus(DAY.multipliedBy(9)), NOW.minus(DAY));
    TestCertificates young =
        authority.issue("localhost", true, NOW.plus(DAY), NOW.plus(DAY.multipliedBy(9)));
    try (RudeServer expired = serving(old);
        RudeServer early = serving(young)) {
      assertThat(refused(expired.address(), authority.pem()))
          .hasMessageStartingWith("the server's certificate has expired; the clock of this device");
      assertThat(refused(early.address(), authority.pem()))
          .hasMessageStartingWith("the server's certificate is not valid yet; the clock of this");
    }
  }

  @Test
  void saysThatTheServerSpeaksNoTls() throws Exception {
    try (RudeServer plain = new RudeServer()) {
      URI address = URI.create("https://127.0.0.1:" + plain.port() + "/");
      plain.otherwise(RudeServer.text("HTTP/1.1 400 Bad Request\r\n\r\n"));

      assertThat(refused(address, authority.pem()).getMessage())
          .matches("(no TLS connection|cut off|the server did not answer).*");
    }
  }

  @Test
  void followsARedirectToHttpsAndNoneBack() throws Exception {
    try (RudeServer secure = serving(valid());
        RudeServer plain = new RudeServer()) {
      plain.on("f", redirect(secure.address() + "f"));
      assertThat(fetched(plain.address(), authority.pem())).isEqualTo("hello");

      secure.on("f", redirect(plain.address() + "g?key=x"));
      HttpException failure = refused(secure.address(), authority.pem());

      assertThat(failure)
          .hasMessage(
              "redirects from https to " + plain.address() + "g?..., which is not followed");
      assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
    }
  }

  @Test
  void goesThroughAProxysTunnel() throws Exception {
    try (RudeServer server = serving(valid());
        RudeServer proxy = new RudeServer()) {
      proxy.otherwise(RudeServer.tunnel());
      environment.put("https_proxy", "http://me:password@127.0.0.1:" + proxy.port());

      assertThat(fetched(server.address(), authority.pem())).isEqualTo("hello");

      assertThat(proxy.requests())
          .singleElement()
          .satisfies(request -> assertThat(request.lines())
              .containsExactly(
                  "CONNECT 127.0.0.1:" + server.port() + " HTTP/1.1",
                  "Host: 127.0.0.1:" + server.port(),
                  "Proxy-Authorization: Basic bWU6cGFzc3dvcmQ="));
      assertThat(server.requests().get(0).field("Proxy-Authorization")).isEmpty();
    }
  }

  @Test
  void saysThatTheFileHoldsNoCertificate() throws IOException {
    Path file = dir.resolve("ca.pem");
    String begin = "-----BEGIN CERTIFICATE-----\n";
    String end = "-----END CERTIFICATE-----\n";
    for (String content :
        new String[] {"", "x", begin + end, begin + "AAAA\n" + end, begin + "A"}) {
      assertThat(refused(URI.create("https://127.0.0.1:1/"), content))
          .hasMessage("ca_file " + file + ": holds no valid certificate in PEM form");
    }
  }
}

package io.kubesolo.update.agent.http;

import static io.kubesolo.update.agent.http.RudeServer.file;
import static io.kubesolo.update.agent.http.RudeServer.redirect;
import static io.kubesolo.update.agent.http.RudeServer.status;
import static io.kubesolo.update.agent.http.RudeServer.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubesolo.update.agent.http.HttpException.Remedy;
import io.kubesolo.update.agent.http.RudeServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request ends in time, with a file or with one failure that says why, whatever a server answers.
 */
@Timeout(30)
final class HttpClientTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration MUCH_LATER = Duration.ofSeconds(10);
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

  @TempDir
  Path dir;

  private final Map<String, String> environment = new HashMap<>();
  private Optional<Path> authorizationFile = Optional.empty();
  private Duration limit = LONG;
  private RudeServer server;

  @BeforeEach
  void start() throws IOException {
    server = new RudeServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private URI address() {
    return server.address().resolve("f");
  }

  private HttpClient client() {
    return new HttpClient(new HttpSettings(
        server.address(), limit, Optional::empty, authorizationFile, environment::get));
  }

  private String fetched() throws HttpException {
    return new String(client().fetch(address(), 1000, () -> {}), ISO_8859_1);
  }

  private HttpException refused(Reply reply) {
    server.on("f", reply);
    return refused(address());
  }

  private HttpException refused(URI address) {
    long start = System.nanoTime();
    HttpException failure =
        catchThrowableOfType(HttpException.class, () -> client().fetch(address, 1000, () -> {}));
    assertThat(failure).as("the answer was taken").isNotNull();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(MUCH_LATER);
    return failure;
  }

  // Answers that are as they should be.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello and more than that",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nContent-Length: 05\r\n\r\nhello",
        "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200 OK\n\nhello",
        "HTTP/1.1 200 OK\r\nX-Word: \u00c4\u0085\u00a0\r\nX-Folded: a\r\n b\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 3\r\n\r\n"
            + "2\r\nhe\r\n0003;a=\"b\";c\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n00\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"
      })
  @SuppressWarnings("StringConcatToTextBlock") // line ends are part of the protocol
  void takesAWellFormedAnswer(String answer) throws Exception {
    server.on("f", text(answer));

    assertThat(fetched()).isEqualTo("hello");
  }

  @Test
  void asksPlainly() throws Exception {
    server.on("f", file("hello".getBytes(UTF_8)));

    fetched();

    assertThat(server.requests().get(0).lines())
        .containsExactly(
            "GET /updates/f HTTP/1.1",
            "Host: 127.0.0.1:" + server.port(),
            "User-Agent: update-agent",
            "Accept: */*",
            "Accept-Encoding: identity",
            "Connection: close");
  }

  // Answers that are malformed.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SSH-2.0-OpenSSH\\r\\n|does not speak HTTP/1",
        "HTTP/2 200\\r\\n\\r\\n|does not speak HTTP/1",
        "HTTP/1.1 20 OK\\r\\n\\r\\n|does not speak HTTP/1",
        "HTTP/1.1 2000 OK\\r\\n\\r\\n|does not speak HTTP/1",
        "HTTP/1.1 099 OK\\r\\n\\r\\n|does not speak HTTP/1",
        "\\r\\n|does not speak HTTP/1",
        "HTTP/1.1 200 OK\\r\\nno colon\\r\\n\\r\\n|malformed answer: a line of the header",
        "HTTP/1.1 200 OK\\r\\n: x\\r\\n\\r\\n|malformed answer: a line of the header",
        "HTTP/1.1 200 OK\\r\\na b: x\\r\\n\\r\\n|malformed answer: a line of the header",
        "HTTP/1.1 200 OK\\r\\n folded: x\\r\\n\\r\\n|malformed answer: a line of the header",
        "HTTP/1.1 200 OK\\r\\nContent-Length: -1\\r\\n\\r\\n|Content-Length is not a number",
        "HTTP/1.1 200 OK\\r\\nContent-Length: +5\\r\\n\\r\\nhello|Content-Length is not a number",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 0x5\\r\\n\\r\\nhello|Content-Length is not a number",
        "HTTP/1.1 200 OK\\r\\nContent-Length:\\r\\n\\r\\nhello|Content-Length is not a number",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 5,\\r\\n\\r\\nhello|Content-Length is not a number",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 9223372036854775808\\r\\n\\r\\n|is not a number",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nContent-Length: 6\\r\\n\\r\\nhello|two differ",
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n|is not supported",
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n|is not supported",
        "HTTP/1.0 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n|is not supported",
        "CHUNKED-1\\r\\n|a chunk without a size",
        "CHUNKED\\r\\n|a chunk without a size",
        "CHUNKED;x\\r\\n|a chunk without a size",
        "CHUNKED1000000000000000\\r\\n|a chunk without a size",
        "CHUNKED2\\r\\nhello\\r\\n0\\r\\n\\r\\n|a chunk is longer than its size",
        "CHUNKED5\\r\\nhell|cut off within a chunk",
        "CHUNKED5\\r\\nhello\\r\\n0\\r\\nTrailer: x\\r\\n|cut off",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\nhello|cut off after 5 of 6 bytes",
        "HTTP/1.1 200 OK\\r\\nContent-Le|cut off: the server closed the connection"
      })
  void refusesAMalformedAnswer(String answer, String problem) {
    String bytes = answer.replace("\\r", "\r").replace("\\n", "\n").replace("CHUNKED", CHUNKED);

    HttpException failure = refused(text(bytes));

    assertThat(failure).hasMessageContaining(problem);
    assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
  }

  @Test
  void refusesHeadersWithoutEnd() {
    assertThat(refused((request, out) -> out.text(OK).trickle("X: y\r\n", 0)))
        .hasMessageContaining("a header without end");
    assertThat(refused((request, out) -> out.text(OK).trickle("x", 0)))
        .hasMessageContaining("a header without end");
    assertThat(refused((request, out) -> out.trickle("HTTP/1.1 100 Continue\r\n\r\n", 0)))
        .hasMessageContaining("a header without end");
    assertThat(refused((request, out) -> out.text(CHUNKED + "5;").trickle("x", 0)))
        .hasMessageContaining("a header without end");
    assertThat(refused((request, out) -> out.text(CHUNKED + "0\r\n").trickle("X: y\r\n", 0)))
        .hasMessageContaining("a header without end");
  }

  @Test
  void refusesMoreBytesThanASmallFileMayHave() {
    assertThat(refused(file(new byte[1001])).remedy()).isEqualTo(Remedy.RETRY);
    assertThat(refused((request, out) -> out.text(OK + "\r\n").trickle("x", 0)))
        .hasMessageContaining("has more than 1000 bytes");
    assertThat(refused((request, out) -> out.text(CHUNKED).trickle("1\r\nx\r\n", 0)))
        .hasMessageContaining("has more than 1000 bytes");
  }

  @Test
  void refusesACompressionThatWasNotAskedFor() {
    HttpException failure =
        refused(text(OK + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u008b"));

    assertThat(failure).hasMessage("sends gzip, which was not asked for");
    assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
  }

  // Answers that are late.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "H",
        "HTTP/1.1 200 O",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nX",
        "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n300\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: "
      })
  void isBoundedAsAWholeIfBytesArriveSlowly(String start) {
    limit = SHORT;
    String more =
        start.isEmpty() || start.equals("H") ? "HTTP/1.1 200 ".substring(start.length()) : "0";

    HttpException trickling = refused((request, out) -> out.text(start).trickle(more, 50));
    HttpException silent = refused((request, out) -> {
      out.text(start);
      out.hang();
    });

    for (HttpException failure : List.of(trickling, silent)) {
      assertThat(failure).hasMessage("the server did not answer within 0s");
      assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
    }
  }

  @Test
  void isBoundedWhileItConnects() throws Exception {
    limit = SHORT;
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
      URI address = URI.create("http://127.0.0.1:" + full.getLocalPort() + "/");

      assertThat(refused(address).remedy()).isEqualTo(Remedy.RETRY);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
  }

  @Test
  void redirectsShareOneDeadline() {
    limit = SHORT;
    server.on("f", (request, out) -> {
      Thread.sleep(limit.toMillis() / 2);
      redirect("/updates/f").write(request, out);
    });

    assertThat(refused(address())).hasMessage("the server did not answer within 0s");
  }

  @Test
  void aSlowImageIsReadAsLongAsItsBytesCome() throws Exception {
    limit = Duration.ofSeconds(1);
    server.on("f", (request, out) -> {
      out.text(OK + "\r\n");
      for (int i = 0; i < 5; i++) {
        out.text("x");
        Thread.sleep(limit.toMillis() / 4);
      }
    });

    assertThat(image(0)).isEqualTo("0:xxxxx");
  }

  @Test
  void silenceWithinAnImageIsBounded() {
    limit = SHORT;
    server.on("f", (request, out) -> {
      out.text(CHUNKED + "1\r\nx\r\n1;");
      out.trickle("x", 20);
    });

    HttpException failure = catchThrowableOfType(HttpException.class, () -> image(0));

    assertThat(failure).hasMessage("the server did not answer within 0s");
  }

  @Test
  void aWaitingCallIsAskedRepeatedlyWhetherToGoOn() throws Exception {
    limit = Duration.ofMinutes(10);
    HttpClient patient = client();
    server.on("f", (request, out) -> out.hang());
    AtomicInteger asked = new AtomicInteger();

    IllegalStateException failure = catchThrowableOfType(
        IllegalStateException.class,
        () -> patient.open(address(), 0, () -> {
          if (asked.incrementAndGet() == 2) {
            throw new IllegalStateException("not wanted any more");
          }
        }));

    assertThat(failure).hasMessage("not wanted any more");
  }

  // Connections that break.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
      })
  void isNotFooledByAConnectionThatEndsAtAnyByte(String answer) throws Exception {
    for (int i = 0; i < answer.length(); i++) {
      String part = answer.substring(0, i);
      HttpException closed = refused(text(part));
      HttpException reset = refused((request, out) -> {
        out.text(part);
        out.reset();
      });

      for (HttpException failure : List.of(closed, reset)) {
        assertThat(failure.getMessage()).as(part).contains("cut off").doesNotContain("\n");
        assertThat(failure.remedy()).as(part).isEqualTo(Remedy.RETRY);
      }
    }
    server.on("f", text(answer));
    assertThat(fetched()).isEqualTo("hello");
  }

  @Test
  void reportsARefusedConnection() throws IOException {
    server.close();

    assertThat(refused(address())).hasMessage("connection refused");
  }

  @Test
  void saysThatAHostDoesNotExist() {
    limit = SHORT;
    HttpException failure = refused(URI.create("http://no-such-host.invalid/"));

    assertThat(failure.getMessage()).isIn("no such host", "the server did not answer within 0s");
    assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
  }

  // Statuses.

  @ParameterizedTest
  @CsvSource({
    "101,WAIT",
    "201,WAIT",
    "204,WAIT",
    "206,RETRY",
    "226,WAIT",
    "300,WAIT",
    "304,WAIT",
    "305,WAIT",
    "302,WAIT",
    "400,OTHER_REQUEST",
    "401,WAIT",
    "403,WAIT",
    "404,OTHER_REQUEST",
    "405,OTHER_REQUEST",
    "407,WAIT",
    "408,RETRY",
    "410,OTHER_REQUEST",
    "416,OTHER_REQUEST",
    "429,RETRY",
    "451,OTHER_REQUEST",
    "500,RETRY",
    "501,RETRY",
    "502,RETRY",
    "503,RETRY",
    "504,RETRY",
    "511,RETRY",
    "599,RETRY",
    "600,RETRY",
    "999,RETRY"
  })
  void knowsWhatAStatusIsAbout(int status, Remedy remedy) {
    HttpException failure = catchThrowableOfType(HttpException.class, () -> {
      server.on("f", status(status + " Some Reason"));
      client().open(address(), 0, () -> {}).close();
    });

    assertThat(failure.remedy()).isEqualTo(remedy);
    if (status != 206) {
      assertThat(failure).hasMessage("the server answers " + status + " Some Reason");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Negotiate", "NTLM", "Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\""})
  void answersNoChallenge(String challenge) {
    for (String field : List.of("WWW-Authenticate", "Proxy-Authenticate")) {
      HttpException failure = refused(status(
          field.startsWith("W") ? "401 Unauthorized" : "407 Proxy",
          field + ": " + challenge + "\r\n"));

      assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
    }
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void cutsALongReason() {
    assertThat(refused(status("500 " + "x".repeat(5000))).problem()).hasSize(500);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Retry-After: 7|7",
        "Retry-After: 0|0",
        "Date: Wed, 21 Oct 2015 07:28:00 GMT\\nRetry-After: Wed, 21 Oct 2015 07:28:30 GMT|30",
        "Date: Wed, 21 Oct 2015 07:28:00 GMT\\nRetry-After: Wed, 21 Oct 2015 07:27:00 GMT|0",
        "Retry-After: Wed, 21 Oct 2015 07:28:30 GMT|",
        "Retry-After: -7|",
        "Retry-After: 99999999999999|99999999999999",
        "Retry-After: 99999999999999999999|9223372036854775807",
        "Retry-After: soon|",
        "X: y|"
      })
  void readsHowLongToWait(String fields, Long seconds) {
    String lines = fields.replace("\\n", "\r\n") + "\r\n";

    Optional<Duration> pause = refused(status("503 Busy", lines)).retryAfter();

    assertThat(pause).isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
  }

  // Redirects.

  @ParameterizedTest
  @ValueSource(strings = {"301", "302", "303", "307", "308"})
  void followsARedirect(String status) throws Exception {
    server.on("f", status(status + " Moved", "Location: other/g?key=secret#part\r\n"));
    server.on("other/g?key=secret", file("hello".getBytes(UTF_8)));

    assertThat(fetched()).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/updates/g", "//HOST/updates/g", "http://HOST/updates/g", "./x/../g"})
  void followsEachFormOfALocation(String location) throws Exception {
    server.on("f", redirect(location.replace("HOST", "127.0.0.1:" + server.port())));
    server.on("g", file("hello".getBytes(UTF_8)));

    assertThat(fetched()).isEqualTo("hello");
  }

  @Test
  void followsALocationWithCharactersThatShouldBeEncoded() throws Exception {
    server.on("f", redirect("/updates/a b|^%20?key=<{x}>"));
    server.on("a%20b%7C%5E%20?key=%3C%7Bx%7D%3E", file("hello".getBytes(UTF_8)));

    assertThat(fetched()).isEqualTo("hello");
  }

  @Test
  void saysWhereARedirectLeadsThatIsNotFollowed() {
    assertThat(refused(redirect("ftp://h/a?key=secret")))
        .hasMessage("redirects to ftp://h/a?..., which is not an http or https address");
    assertThat(refused(redirect("http://[::1/x#secret")))
        .hasMessage("redirects to http://[::1/x#..., which is not an address");
    assertThat(refused(redirect("ftp://me:pw@h/")))
        .hasMessage("redirects to something that is not an http or https address");
  }

  @Test
  void followsFiveRedirectsAndNoMore() throws Exception {
    for (int i = 1; i <= 5; i++) {
      server.on("r" + i, redirect("r" + (i + 1)));
    }
    server.on("r6", file("hello".getBytes(UTF_8)));
    server.on("f", redirect("r2"));
    assertThat(fetched()).isEqualTo("hello");

    HttpException failure = refused(redirect("r1"));

    assertThat(failure).hasMessage("redirects more than 5 times");
    assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
    assertThat(refused(redirect("f"))).hasMessage("redirects more than 5 times");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///x",
        "http://[::1/x",
        "ht tp://x",
        "http://a b/",
        "\u0007",
        "mailto:x@y",
        "http://h:99999/",
        "http://user:pw@127.0.0.1/"
      })
  void followsNoRedirectToAnInvalidAddress(String location) {
    HttpException failure = refused(redirect(location));

    assertThat(failure.getMessage()).startsWith("redirects to ").doesNotContain("pw");
    assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
  }

  @Test
  void saysWhereARedirectLedThatFailed() {
    HttpException failure = refused(redirect("/gone?token=secret"));

    assertThat(failure)
        .hasMessage("redirected to " + server.address().resolve("/gone")
            + "?...: the server answers 404 Not Found");
    assertThat(failure.remedy()).isEqualTo(Remedy.OTHER_REQUEST);
  }

  @Test
  void resolvesALocationWithoutAPath() throws Exception {
    server.on("f", redirect("?key=1"));
    server.on("f?key=1", redirect("#part"));
    server.on("f?key=1", file("hello".getBytes(UTF_8)));
    assertThat(fetched()).isEqualTo("hello");

    assertThat(refused(redirect(""))).hasMessage("redirects more than 5 times");
  }

  // Credentials.

  @Test
  void theCredentialGoesToTheServersOriginOnly() throws Exception {
    authorize("Bearer abc.def\n");
    try (RudeServer other = new RudeServer()) {
      other.on("g", redirect(server.address() + "h"));
      server.on("f", redirect(other.address() + "g"));
      server.on("h", file("hello".getBytes(UTF_8)));

      assertThat(fetched()).isEqualTo("hello");

      assertThat(other.requests())
          .singleElement()
          .satisfies(request -> assertThat(request.field("Authorization")).isEmpty());
      assertThat(server.requests())
          .extracting(request -> request.field("Authorization"))
          .containsExactly("Bearer abc.def", "Bearer abc.def");
    }
  }

  @Test
  void theCredentialIsShownNowhere() throws Exception {
    authorize("Basic dXNlcjpwYXNzd29yZA==\r\n");

    HttpException failure =
        refused(status("403 Basic dXNlcjpwYXNzd29yZA== is dXNlcjpwYXNzd29yZA==, a password"));

    assertThat(failure).hasMessage("the server answers 403 *** is ***, a ***");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "basic dXNlcjpwYXNzd29yZA== | user:password | user:***",
        "Bearer   abc.def | a token abc.def | a token ***",
        "Bearer abc.def | BEARER ABC.DEF | ***",
        "Bearer abc.def | 100%25 of %61%62c%2Edef | 100% of ***",
        "Digest qop=auth, response=\"0123456789abcdef\" | auth 0123456789abcdef | auth ***",
        "Bearer abc.def | 100%25 | 100%25",
        "Hawk id=\"u\",mac = \"s3cr3t\",ext=auth | auth S3CR3T of u | auth *** of u",
        "AWS4 Credential=u, Signature=abcdef== | no Signature ABCDEF | no Signature ***",
        "Bearer abcdef== | a token abcdef | a token ***"
      })
  void theCredentialIsShownInNoOtherForm(String credential, String repeated, String shown)
      throws Exception {
    authorize(credential);

    assertThat(refused(status("403 " + repeated))).hasMessage("the server answers 403 " + shown);
  }

  @Test
  void aReaderOfAnAnswerShowsNoCredential() throws Exception {
    environment.put("http_proxy", "http://me:password@127.0.0.1:" + server.port());
    server.otherwise(status("409 Conflict"));

    HttpException failure = catchThrowableOfType(
        HttpException.class,
        () -> client()
            .post(URI.create("http://fleet.invalid/"), Map.of(), new byte[0], 9, answer -> {
              throw HttpException.waiting(answer.status() + " me:password, or bWU6cGFzc3dvcmQ=");
            }));

    assertThat(failure).hasMessage("409 me:***, or ***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut off",
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nmore than 9."
      })
  void aPostIsDoneOnceItsStatusIs200(String answer) throws Exception {
    server.on("f", text(answer));
    List<HttpClient.Answer> answers = new ArrayList<>();

    client().post(address(), Map.of(), new byte[0], 9, answers::add);

    assertThat(answers).containsExactly(new HttpClient.Answer(200, ""));
  }

  @Test
  void noPartOfALongCredentialIsShown() throws Exception {
    String credential = "Bearer " + "s3cret".repeat(200);
    authorize(credential + "\n");

    assertThat(refused(status("401 not authorized: " + credential)))
        .hasMessage("the server answers 401 not authorized: ***");
    assertThat(refused(redirect("https://127.0.0.1:1/" + credential.substring(7))))
        .hasMessage("redirected to https://127.0.0.1:1/***: connection refused");
    HttpException opened = catchThrowableOfType(HttpException.class, () -> {
      server.on("f", text(OK + "Content-Encoding: " + credential + "\r\n\r\n"));
      client().open(address(), 0, () -> {}).close();
    });
    assertThat(opened).hasMessage("sends ***, which was not asked for");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "a\nb\n", "a\r\nX-Injected: b", "a\u0000b", "a\tb", "\u00e9"})
  void refusesACredentialThatIsNotOneLine(String content) throws IOException {
    authorize(content);

    HttpException failure = refused(file("hello".getBytes(UTF_8)));

    assertThat(failure)
        .hasMessage("authorization_file " + dir.resolve("token")
            + ": is not one line of visible ASCII characters");
    assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void saysThatTheCredentialIsMissing() {
    authorizationFile = Optional.of(dir.resolve("token"));

    assertThat(refused(file("hello".getBytes(UTF_8))))
        .hasMessage("authorization_file " + dir.resolve("token") + ": no such file or directory");
  }

  @Test
  void aCredentialIsARegularFile() {
    authorizationFile = Optional.of(Path.of("/dev/zero"));

    HttpException failure = refused(file("hello".getBytes(UTF_8)));

    assertThat(failure).hasMessage("authorization_file /dev/zero: is not a regular file");
    assertThat(failure.remedy()).isEqualTo(Remedy.WAIT);
  }

  private void authorize(String content) throws IOException {
    Path file = dir.resolve("token");
    Files.writeString(file, content, ISO_8859_1);
    authorizationFile = Optional.of(file);
  }

  // Proxies.

  @Test
  void asksAProxyForAnHttpAddress() throws Exception {
    try (RudeServer proxy = new RudeServer()) {
      environment.put("http_proxy", "http://me:p%40ss+word@127.0.0.1:" + proxy.port());
      proxy.otherwise(file("hello".getBytes(UTF_8)));

      assertThat(client().fetch(URI.create("http://somewhere.invalid/updates/f"), 1000, () -> {}))
          .asString(UTF_8)
          .isEqualTo("hello");

      RudeServer.Request request = proxy.requests().get(0);
      assertThat(request.target()).isEqualTo("http://somewhere.invalid/updates/f");
      assertThat(request.field("Host")).isEqualTo("somewhere.invalid");
      assertThat(request.field("Proxy-Authorization")).isEqualTo("Basic bWU6cEBzcyt3b3Jk");
    }
  }

  @Test
  void saysThatTheProxyIsNotReached() throws Exception {
    int port = server.port();
    server.close();
    environment.put("HTTP_PROXY", "me:password@127.0.0.1:" + port);

    assertThat(refused(URI.create("http://somewhere.invalid/")))
        .hasMessage("proxy 127.0.0.1:" + port + ": connection refused");
  }

  @ParameterizedTest
  @CsvSource({"http,the server answers", "https,proxy 127.0.0.1:PORT answers"})
  void noPartOfALongCredentialOfAProxyIsShown(String scheme, String who) {
    String pair = "me:" + "s3cret".repeat(200);
    String credential = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    server.otherwise(status("407 Basic " + credential + " is " + pair));
    environment.put(scheme + "_proxy", "http://" + pair + "@127.0.0.1:" + server.port());

    assertThat(refused(URI.create(scheme + "://somewhere.invalid/")))
        .hasMessage(who.replace("PORT", "" + server.port()) + " 407 *** is me:***");
  }

  @ParameterizedTest
  @CsvSource({
    "407 Proxy Authentication Required,WAIT",
    "403 Forbidden,WAIT",
    "404 What,WAIT",
    "503 Busy,RETRY"
  })
  void saysThatAProxyRefusesATunnel(String status, Remedy remedy) {
    server.otherwise(status(status, "Proxy-Authenticate: Negotiate\r\n"));
    environment.put("https_proxy", "http://me:password@127.0.0.1:" + server.port());

    HttpException failure = refused(URI.create("https://somewhere.invalid/"));

    assertThat(failure)
        .hasMessage("proxy 127.0.0.1:%d answers %s".formatted(server.port(), status));
    assertThat(failure.remedy()).isEqualTo(remedy);
  }

  // Images.

  @Test
  void resumesAnImage() throws Exception {
    server.on("f", file("hello".getBytes(UTF_8)));

    assertThat(image(3)).isEqualTo("3:lo");
    assertThat(server.requests())
        .singleElement()
        .satisfies(request -> assertThat(request.field("Range")).isEqualTo("bytes=3-"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 OK\r\n",
        "416 Range Not Satisfiable\r\n",
        "206 Partial Content\r\n",
        "206 Partial Content\r\nContent-Range: bytes 2-4/5\r\n",
        "206 Partial Content\r\nContent-Range: bytes */5\r\n",
        "206 Partial Content\r\nContent-Range: bytes 3-4/5\r\n",
        "206 Partial Content\r\nContent-Range: bytes 3-5/5\r\n",
        "206 Partial Content\r\nContent-Range: bytes 3-2/5\r\n",
        "206 Partial Content\r\nContent-Range: bytes -3-4/5\r\n",
        "206 Partial Content\r\nContent-Range: bytes 99999999999999999999-4/5\r\n",
        "206 Partial Content\r\nContent-Range: items 3-4/5\r\n",
        "206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=x\r\n"
      })
  void startsAgainIfTheServerDoesNotResume(String answer) throws Exception {
    server.on("f", (request, out) -> {
      if (request.from() > 0 && !answer.startsWith("200")) {
        out.text("HTTP/1.1 " + answer + "Content-Length: 3\r\n\r\nllo");
      } else {
        out.text(OK + "\r\nhello");
      }
    });

    assertThat(image(3)).isEqualTo("0:hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 1-4/5", "bytes 0-3/5", "bytes 0-3/*", "bytes 0-4/5", "", "x"})
  void isNotServedAPartThatItDidNotAskFor(String range) {
    server.on(
        "f",
        text("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: " + range
            + "\r\n\r\nhell"));

    for (HttpException failure : List.of(
        catchThrowableOfType(HttpException.class, () -> image(0)),
        catchThrowableOfType(HttpException.class, this::fetched))) {
      assertThat(failure).hasMessage("the server sends a part of the file that was not asked for");
      assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
    }
  }

  @Test
  void takesARangeThatIsTheWholeFile() throws Exception {
    server.on("f", text("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/5\r\n\r\nhello"));

    assertThat(image(0)).isEqualTo("0:hello");
    assertThat(fetched()).isEqualTo("hello");
  }

  @Test
  void takesACompressedFileButNoneThatWasCompressedOnTheWay() throws Exception {
    server.on("f", text(OK + "Content-Encoding: x-gzip\r\nContent-Length: 5\r\n\r\nhello"));
    assertThat(image(0)).isEqualTo("0:hello");

    server.on("f", text(OK + "Content-Encoding: gzip\r\n\r\nhello"));
    assertThat(catchThrowableOfType(HttpException.class, () -> image(0)))
        .hasMessage("sends gzip, which was not asked for");
  }

  private String image(long from) throws HttpException {
    StringBuilder text = new StringBuilder();
    try (Transfer<HttpException> body = client().open(address(), from, () -> {})) {
      text.append(body.from()).append(':');
      byte[] buffer = new byte[3];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        text.append(new String(buffer, 0, n, ISO_8859_1));
      }
    }
    return text.toString();
  }

  @Test
  void leavesNoThreadBehind() throws Exception {
    limit = SHORT;
    server.on("f", (request, out) -> out.hang());
    List<HttpException> failures = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      failures.add(refused(address()));
    }
    assertThat(failures).hasSize(3);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("server-io")) {
        thread.join(MUCH_LATER.toMillis());
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }
}

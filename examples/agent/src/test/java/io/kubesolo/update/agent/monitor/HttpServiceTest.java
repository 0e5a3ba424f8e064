package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpServiceTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String GET = "GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String BIG = "x".repeat(16 * 1024 * 1024);

  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Socket> sockets = new ArrayList<>();
  private final List<HttpService> services = new ArrayList<>();
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() throws IOException {
    released.countDown();
    for (Socket socket : sockets) {
      socket.close();
    }
    services.forEach(HttpService::close);
  }

  private HttpService listen(HttpService.Limits limits) throws Exception {
    return listen(InetAddress.getLoopbackAddress(), limits);
  }

  private HttpService listen(InetAddress address, HttpService.Limits limits) throws Exception {
    Map<String, Function<HttpRequest, HttpReply>> routes = Map.of(
        "/small", request -> HttpReply.text(200, "small"),
        "/big", request -> HttpReply.text(200, BIG),
        "/page", request -> HttpReply.text(200, "x".repeat(200_000)),
        "/accept", request -> HttpReply.text(200, request.header("accept")),
        "/slow",
            request -> {
              awaitRelease();
              return HttpReply.text(200, "slow");
            },
        "/bug",
            request -> {
              throw new IllegalStateException("a bug");
            },
        "/events", request -> HttpReply.stream("text/event-stream", "start\n"));
    HttpService service =
        HttpService.listen(new InetSocketAddress(address, 0), limits, routes, failures::add);
    services.add(service);
    return service;
  }

  private HttpService listen() throws Exception {
    return listen(HttpService.Limits.DEFAULT);
  }

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Socket connect(HttpService service, String sent) throws IOException {
    URI address = URI.create("http://" + service.address());
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(sent.getBytes(US_ASCII));
    return socket;
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), US_ASCII);
  }

  private String ask(HttpService service, String sent) throws IOException {
    return rest(connect(service, sent));
  }

  /** Reads until the server ends the connection, in whatever way. */
  private static boolean isCutOff(Socket socket) throws IOException {
    try {
      rest(socket);
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void answersAndEndsTheConnection() throws Exception {
    assertThat(ask(listen(), GET))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nContent-Length: 6\r\n", "\r\nConnection: close\r\n")
        .contains("\r\nX-Content-Type-Options: nosniff\r\n")
        .endsWith("\r\n\r\nsmall\n");
  }

  /**
   * Checks that IPv6 is not listened on: behind NAT the addresses of IPv4 are private, and those of
   * IPv6 are public.
   */
  @Test
  void listensOnIpv4OnlyIfItsAddressIsOfIpv4() throws Exception {
    HttpService service = listen(InetAddress.getByName("0.0.0.0"), HttpService.Limits.DEFAULT);
    int port = URI.create("http://" + service.address()).getPort();

    assertThat(service.address()).startsWith("0.0.0.0:");
    assertThat(ask(service, GET)).endsWith("small\n");
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    assertThatThrownBy(() -> new Socket(InetAddress.getByAddress(loopback), port).close())
        .isInstanceOf(SocketException.class);
  }

  @Test
  void listensOnBothIfItsAddressIsThatOfIpv6() throws Exception {
    HttpService service = listen(InetAddress.getByName("::"), HttpService.Limits.DEFAULT);

    assertThat(ask(service, GET)).endsWith("small\n");
  }

  @Test
  void writesAnAddressOfIpv6InItsShortForm() throws Exception {
    assertThat(listen(InetAddress.getByName("::"), HttpService.Limits.DEFAULT).address())
        .startsWith("[::]:");
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    assertThat(listen(InetAddress.getByAddress(loopback), HttpService.Limits.DEFAULT)
            .address())
        .startsWith("[::1]:");
  }

  @Test
  void answersTheFirstOfManyRequestsAtOnce() throws Exception {
    String answers = ask(listen(), GET.repeat(500));

    assertThat(answers).containsOnlyOnce("HTTP/1.1").endsWith("small\n");
  }

  @Test
  void takesARequestInPiecesAndWithBareLineFeeds() throws Exception {
    HttpService service = listen();
    Socket socket = connect(service, "");
    for (String piece : GET.split("(?<=.)", -1)) {
      socket.getOutputStream().write(piece.getBytes(US_ASCII));
      socket.getOutputStream().flush();
    }
    assertThat(rest(socket)).endsWith("small\n");
    assertThat(ask(service, "GET /small HTTP/1.0\n\n")).endsWith("small\n");
  }

  @Test
  void joinsHeadersOfTheSameName() throws Exception {
    String request = "GET /accept HTTP/1.1\r\nHost: localhost\r\nAccept: a\r\nACCEPT:\t b \r\n\r\n";

    assertThat(ask(listen(), request)).endsWith("\r\n\r\na, b\n");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    assertThat(ask(listen(), GET.replace("GET", "HEAD")))
        .contains("Content-Length: 6\r\n")
        .endsWith("\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /small HTTP/1.1^Host: localhost^^ | 200",
        "GET http://localhost/small HTTP/1.1^Host: other.example^^ | 200",
        "GET http://other.example/small HTTP/1.1^Host: localhost^^ | 421",
        "GET /small?a=b%20c HTTP/1.1^Host: localhost^^ | 200",
        "GET /sm%61ll HTTP/1.1^Host: localhost^^ | 200",
        "GET //small HTTP/1.1^Host: localhost^^ | 404",
        "GET * HTTP/1.1^Host: localhost^^ | 404",
        "GET mailto:x HTTP/1.1^Host: localhost^^ | 404",
        "GET /%zz HTTP/1.1^Host: localhost^^ | 400",
        "GET /small HTTP/1.1^Host: other.example^^ | 421",
        "GET /small HTTP/1.1^Host: localhost^Host: localhost^^ | 400",
        "GET /small HTTP/1.1^Host: localhost^ folded^^ | 400",
        "GET /small HTTP/1.1^Host localhost^^ | 400",
        "GET /small HTTP/2^Host: localhost^^ | 400",
        "GET /small^^ | 400",
        "nonsense^^ | 400",
        "POST /small HTTP/1.1^Host: localhost^Content-Length: 4^^body | 405",
        "GET /bug HTTP/1.1^Host: localhost^^ | 500"
      })
  void answersByStatus(String request, int status) throws Exception {
    assertThat(ask(listen(), request.replace("^", "\r\n"))).startsWith("HTTP/1.1 " + status + " ");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "a", ":", "a:", "\t"})
  void refusesAHeadThatDoesNotEnd(String piece) throws Exception {
    long start = System.nanoTime();

    String answer = ask(listen(), "GET /small HTTP/1.1\r\n" + piece.repeat(20_000));

    assertThat(answer).startsWith("HTTP/1.1 431 ");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void cutsOffAClientThatDoesNotSendItsRequest() throws Exception {
    HttpService service = listen(new HttpService.Limits(10, 1, SHORT, LONG, LONG));

    Socket slow = connect(service, "GET /sm");
    for (int i = 0; i < 3; i++) {
      TimeUnit.MILLISECONDS.sleep(SHORT.toMillis() / 4);
      slow.getOutputStream().write('a');
    }

    assertThat(isCutOff(slow)).isTrue();
    assertThat(isCutOff(connect(service, ""))).isTrue();
  }

  @Test
  void cutsOffAClientThatReadsNothing() throws Exception {
    HttpService service = listen(new HttpService.Limits(10, 1, LONG, SHORT, LONG));

    Socket mute = connect(service, GET.replace("small", "big"));
    TimeUnit.MILLISECONDS.sleep(3 * SHORT.toMillis());

    assertThat(isCutOff(mute)).isTrue();
  }

  @Test
  void cutsOffAClientThatReadsALittleAtATime() throws Exception {
    HttpService service = listen(new HttpService.Limits(10, 1, LONG, LONG, SHORT));

    Socket slow = connect(service, GET.replace("small", "big"));
    slow.getInputStream().readNBytes(100);
    TimeUnit.MILLISECONDS.sleep(3 * SHORT.toMillis());
    slow.getInputStream().readNBytes(100);

    assertThat(isCutOff(slow)).isTrue();
  }

  @Test
  void sendsALongAnswerToAClientThatReadsIt() throws Exception {
    assertThat(ask(listen(), GET.replace("small", "big"))).hasSizeGreaterThan(BIG.length());
  }

  @Test
  void makesRoomForTheNextClient() throws Exception {
    HttpService service = listen(new HttpService.Limits(3, 1, LONG, LONG, LONG));
    Socket first = connect(service, "GET");
    connect(service, "GET");
    connect(service, "GET");

    assertThat(ask(service, GET)).endsWith("small\n");
    assertThat(isCutOff(first)).isTrue();
  }

  @Test
  void answersNoMoreClientsThanThereMayBe() throws Exception {
    HttpService service = listen(new HttpService.Limits(3, 1, LONG, LONG, LONG));
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(connect(service, GET.replace("small", "slow")));
    }
    TimeUnit.MILLISECONDS.sleep(SHORT.toMillis());
    assertThat(isCutOff(connect(service, GET))).isTrue();

    released.countDown();
    for (Socket socket : waiting) {
      assertThat(rest(socket)).endsWith("slow\n");
    }
  }

  @Test
  void answersOthersWhileSixHundredClientsPipelineAndReadNothing() throws Exception {
    int ofOthers = serverThreads();
    HttpService service = listen();
    String flood = GET.replace("small", "page").repeat(50);
    int most = 0;
    for (int i = 0; i < 600; i++) {
      try {
        connect(service, i % 2 == 0 ? flood : "GET /page HTTP/1.1\r\nHost: local");
      } catch (SocketException cutOff) {
        continue;
      }
      if (i % 100 == 99) {
        assertThat(askUntilAnswered(service)).endsWith("small\n");
        most = Math.max(most, serverThreads());
      }
    }
    assertThat(most).isPositive().isLessThanOrEqualTo(ofOthers + 5);
  }

  /**
   * Asks until there is an answer: later clients may cut this one off, and like every client it
   * asks again.
   */
  private String askUntilAnswered(HttpService service) throws Exception {
    for (int i = 0; i < 20; i++) {
      try {
        String answer = ask(service, GET);
        if (!answer.isEmpty()) {
          return answer;
        }
      } catch (SocketException cutOff) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return "";
  }

  private static int serverThreads() {
    return (int) Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && thread.getName().startsWith("http-"))
        .filter(thread -> !thread.getName().startsWith("http-events"))
        .count();
  }

  @Test
  void publishesToThoseWhoStay() throws Exception {
    HttpService service = listen();
    Socket reader = connect(service, GET.replace("small", "events"));
    String start = "";
    while (!start.endsWith("start\n")) {
      start += (char) reader.getInputStream().read();
    }
    assertThat(start).doesNotContain("Content-Length");

    service.publish("one\n");
    service.publish("two\n");

    assertThat(new String(reader.getInputStream().readNBytes(8), US_ASCII)).isEqualTo("one\ntwo\n");
    assertThat(ask(service, GET.replace("GET /small", "HEAD /events"))).endsWith("\r\n\r\n");
  }

  @Test
  void cutsOffAReaderOfEventsThatReadsNone() throws Exception {
    HttpService service = listen(new HttpService.Limits(10, 1, LONG, SHORT, LONG));
    Socket mute = connect(service, GET.replace("small", "events"));
    TimeUnit.MILLISECONDS.sleep(SHORT.toMillis());
    String event = "x".repeat(4000) + "\n";

    for (int i = 0; i < 3000; i++) {
      service.publish(event);
      if (i % 100 == 0) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }

    assertThat(isCutOff(mute)).isTrue();
    assertThat(ask(service, GET)).endsWith("small\n");
  }

  @Test
  void reportsWhatEndsItsThreadAndDisconnectsAll() throws Exception {
    Duration tooLongToCompute = Duration.ofSeconds(Long.MAX_VALUE);
    HttpService service = listen(new HttpService.Limits(10, 1, tooLongToCompute, LONG, LONG));

    Socket client = connect(service, "GET");

    assertThat(failures.poll(20, TimeUnit.SECONDS)).isInstanceOf(ArithmeticException.class);
    assertThat(isCutOff(client)).isTrue();
  }

  @Test
  void reportsNoFailureIfItIsClosed() throws Exception {
    HttpService service = listen();
    Socket client = connect(service, "GET");

    service.close();

    assertThat(isCutOff(client)).isTrue();
    assertThat(failures).isEmpty();
  }

  /**
   * Checks that all threads exist before the first request, which would otherwise find that there
   * are too few.
   */
  @Test
  void startsItsThreadsBeforeItListens() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    listen();

    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        .extracting(Thread::getName)
        .contains("http-1", "http-work-1", "http-work-2", "http-work-3", "http-work-4");
  }
}

package io.kubesolo.update.agent.download;

import static io.kubesolo.update.agent.testkit.RawServer.file;
import static io.kubesolo.update.agent.testkit.RawServer.head;
import static io.kubesolo.update.agent.testkit.RawServer.status;
import static io.kubesolo.update.agent.testkit.TestDevice.IMAGE_BYTES;
import static io.kubesolo.update.agent.testkit.TestDevice.image;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.cli.ExitCode;
import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * Whatever a server does, {@code apply} reports in one line what failed and where, and does not
 * write the running slot. The update fails if the offer is wrong; otherwise the next {@code apply}
 * resumes it.
 */
@Timeout(30)
public final class BadServerTest {
  @TempDir
  Path dir;

  private RawServer server;
  private TestDevice device;
  private byte[] runningSlot;

  @BeforeEach
  void deviceAndServer() throws Exception {
    server = new RawServer();
    device = new TestDevice(dir.resolve("device"), server.address());
    runningSlot = Files.readAllBytes(device.slots().image(Slot.A));
    device.offer(server, "v2");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void answersNotFound() throws Exception {
    server.on("manifest.json", status("404 Not Found"));

    failsWith("manifest.json: the server answers 404 Not Found");
  }

  @Test
  void wantsACredential() throws Exception {
    RawServer.Reply image = file(image("v2"));
    server.on("v2.img", (request, out) -> {
      if (request.lines().contains("Authorization: Bearer abc")) {
        image.write(request, out);
      } else {
        status("401 Unauthorized", "WWW-Authenticate: Bearer\r\n").write(request, out);
      }
    });
    passesWith("v2.img: the server answers 401 Unauthorized");

    device.configure("authorization_file", "token");
    passesWith("authorization_file " + device.dir.resolve("token") + ": no such file or directory");

    Files.writeString(device.dir.resolve("token"), "Bearer abc\n");
    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"authorization_file", "ca_file"})
  void isNotAskedIfAFileIsMissingInARelativeDirectory(String key) throws Exception {
    device.configure(key, "file");
    device.configure("server", "https://127.0.0.1:1/");
    Path relative = Path.of("").toAbsolutePath().relativize(device.dir);

    assertThat(CommandLineRun.run(Map.of(), new byte[0], "--device", relative.toString(), "apply")
            .err())
        .contains(key + " " + relative.resolve("file") + ": no such file or directory");
  }

  @Test
  void isNotAskedIfItsCertificatesAreMissing() throws Exception {
    device.configure("ca_file", "ca.pem");
    device.configure("server", "https://127.0.0.1:1/");

    failsWith(
        "manifest.json: ca_file " + device.dir.resolve("ca.pem") + ": no such file or directory");
  }

  @Test
  void aPasswordInItsAddressIsRefusedAndNotShown() throws Exception {
    device.configure("server", "http://me:secret@127.0.0.1:1/");

    CommandLineRun.Result result = device.run("apply");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("authorization_file").doesNotContain("secret");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void answersThatItIsBroken() throws Exception {
    server.on("manifest.json", status("500 Oops"));

    failsWith("manifest.json: the server answers 500 Oops");
  }

  @Test
  void redirects() throws Exception {
    server.on("v2.img", status("302 Found", "Location: elsewhere/v2.img\r\n"));
    server.on("elsewhere/v2.img", file(image("v2")));

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void refusesTheConnection() throws Exception {
    server.close();

    failsWith("manifest.json: connection refused");
  }

  @Test
  void speaksNoHttp() throws Exception {
    server.on("manifest.json", (request, out) -> out.write("SSH-2.0-x\r\n".getBytes(UTF_8)));

    failsWith("manifest.json: the server does not speak HTTP");
  }

  @Test
  void keepsSilent() throws Exception {
    server.on("manifest.json", (request, out) -> server.hang(out));

    failsWith("manifest.json: the server did not answer within 1s");
  }

  @Test
  void fallsSilentWithinTheManifest() throws Exception {
    server.on("manifest.json", (request, out) -> {
      head(out, "200 OK", 100, "");
      out.write('{');
      server.hang(out);
    });

    failsWith("manifest.json: the server did not answer within 1s");
  }

  @Test
  void neverEndsTheManifest() throws Exception {
    server.on("manifest.json", file(new byte[100_000]));

    failsWith("manifest.json: malformed answer: has more than 65536 bytes");
  }

  @Test
  void lacksTheSignature() throws Exception {
    server.on("manifest.json.sig", status("404 Not Found"));

    failsWith("manifest.json.sig: the server answers 404 Not Found");
  }

  @Test
  void signsWithAnotherKey() throws Exception {
    server.on("manifest.json.sig", file(new DeviceFactory().sign("{}".getBytes(UTF_8))));

    failsWith("manifest.json.sig: the signature does not match manifest.json and "
        + device.dir.resolve("update.pub"));
  }

  /** A publisher replaces one of the two files after the other, and a device asks in between. */
  @ParameterizedTest
  @ValueSource(strings = {"manifest.json", "manifest.json.sig"})
  void hasTheSignatureOfAnotherManifestForAMoment(String late) throws Exception {
    byte[] before = DeviceFactory.manifest("v1.img", DeviceFactory.content("v1", image("v1")));
    byte[] after = DeviceFactory.manifest("v2.img", DeviceFactory.content("v2", image("v2")));
    boolean isSignature = late.endsWith(".sig");
    RawServer.Reply old = file(isSignature ? device.maker.sign(before) : before);
    RawServer.Reply replaced = file(isSignature ? device.maker.sign(after) : after);
    AtomicInteger requests = new AtomicInteger();
    server.on(
        late,
        (request, out) -> (requests.incrementAndGet() == 1 ? old : replaced).write(request, out));

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(requests).hasValue(2);
  }

  @Test
  void isAskedNoMoreOftenBecauseTwoFilesFail() throws Exception {
    server.on("manifest.json.sig", file(new byte[64]));
    RawServer.Reply manifest =
        file(DeviceFactory.manifest("v2.img", DeviceFactory.content("v2", image("v2"))));
    AtomicInteger requests = new AtomicInteger();
    server.on(
        "manifest.json",
        (request, out) ->
            (requests.incrementAndGet() <= 3 ? status("503 Busy") : manifest).write(request, out));

    assertThat(device.run("apply").err()).contains("the signature does not match");

    assertThat(requests).hasValue(4);
  }

  @Test
  void signsInFewerBytes() throws Exception {
    server.on("manifest.json.sig", file(new byte[3]));

    failsWith("manifest.json.sig: malformed answer: has 3 bytes, a signature has 64");
  }

  /** Simulates a captive portal, which answers each request with a page of its own. */
  @Test
  void isBehindAPortalThatAnswersInItsPlace() throws Exception {
    breaksTheImageOff();
    for (int bytes : new int[] {3, 65, 100_000}) {
      server.on("manifest.json.sig", file(new byte[bytes]));
      passesWith("manifest.json.sig: malformed answer: has ");
    }
    server.on("manifest.json", file(new byte[100_000]));
    passesWith("manifest.json: malformed answer: has more than 65536 bytes");

    device.offer(server, "v2");
    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(device.state().attemptCount()).isOne();
  }

  @Test
  void signsGarbage() throws Exception {
    offerManifest("garbage");

    failsWith("manifest.json: is not JSON: line 1, column 1");
  }

  @Test
  void namesAFileOutsideItsFolder() throws Exception {
    offerManifest("{\"version\":\"v2\",\"size\":1,\"sha256\":\"" + "0".repeat(64)
        + "\",\"file\":\"../../etc/passwd\"}");

    failsWith("manifest.json: \"file\" is not a plain relative name: ../../etc/passwd");
  }

  @Test
  void namesAFileThatIsNotEvenText() throws Exception {
    offerManifest("{\"version\":\"v2\",\"size\":1,\"sha256\":\"" + "0".repeat(64)
        + "\",\"file\":\"\\ud800\\n\"}");

    failsWith("manifest.json: \"file\" is not a plain relative name: \\ud800\\n");
  }

  @Test
  void lacksTheImage() throws Exception {
    server.on("v2.img", status("404 Not Found"));

    failsWith("v2.img: the server answers 404 Not Found");
  }

  @Test
  void breaksTheImageOff() throws Exception {
    server.on("v2.img", (request, out) -> {
      head(out, "200 OK", IMAGE_BYTES, "");
      out.write(image("v2"), 0, 1000);
    });

    passesWith("v2.img: cut off after 1000 of 300000 bytes");
  }

  @Test
  void sendsAShorterImage() throws Exception {
    server.on("v2.img", file(Arrays.copyOf(image("v2"), 1000)));

    failsWith("v2.img: has 1000 bytes, the manifest says 300000");
  }

  @Test
  void sendsALongerImage() throws Exception {
    server.on("v2.img", file(Arrays.copyOf(image("v2"), IMAGE_BYTES + 1)));

    failsWith("v2.img: has 300001 bytes, the manifest says 300000");
  }

  @Test
  void sendsTheImageInACodingWithTheLengthOfThat() throws Exception {
    server.on("v2.img", (request, out) -> {
      head(out, "200 OK", IMAGE_BYTES + 1, "Content-Encoding: gzip\r\n");
      out.write(new byte[IMAGE_BYTES + 1]);
    });

    passesWith("v2.img: sends gzip, which was not asked for");
  }

  @Test
  void sendsAnotherImage() throws Exception {
    server.on("v2.img", file(image("v3")));

    failsWith("v2.img: has SHA-256 %.16s..., the manifest says %.16s..."
        .formatted(sha256("v3"), sha256("v2")));
    assertThat(device.dir.resolve("download")).isEmptyDirectory();
  }

  @Test
  void fallsSilentWithinTheImage() throws Exception {
    server.on("v2.img", (request, out) -> {
      head(out, "200 OK", IMAGE_BYTES, "");
      out.write(image("v2"), 0, 1000);
      server.hang(out);
    });

    passesWith("v2.img: the server did not answer within 1s");
  }

  @Test
  void offersMoreThanFitsIntoTheSlot() throws Exception {
    byte[] large = new byte[TestDevice.SLOT_BYTES + 1];
    byte[] manifest = DeviceFactory.manifest("v2.img", DeviceFactory.content("v2", large));
    server.on("manifest.json", file(manifest));
    server.on("manifest.json.sig", file(device.maker.sign(manifest)));

    failsWith(device.slots().image(Slot.B) + ": slot b has room for 400000 bytes; v2 has 400001");
  }

  @Test
  void resumesWhereTheLastDownloadBrokeOff() throws Exception {
    breaksTheImageOff();
    server.on("v2.img", file(image("v2")));

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(server.requests()).anySatisfy(request -> {
      assertThat(request.path()).isEqualTo("/updates/v2.img");
      assertThat(request.from()).isEqualTo(1000);
    });
  }

  @Test
  void ignoresTheRange() throws Exception {
    breaksTheImageOff();
    server.on(
        "v2.img",
        (request, out) -> file(image("v2"))
            .write(new RawServer.Request(request.path(), 0, request.lines()), out));

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void knowsNoSuchRange() throws Exception {
    breaksTheImageOff();
    server.on(
        "v2.img",
        (request, out) -> (request.from() > 0
                ? status("416 Range Not Satisfiable")
                : file(image("v2")))
            .write(request, out));

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void answersWithAnotherRange() throws Exception {
    breaksTheImageOff();
    server.on("v2.img", (request, out) -> {
      if (request.from() > 0) {
        head(out, "206 Partial Content", 10, "Content-Range: bytes 5-14/300000\r\n");
      } else {
        file(image("v2")).write(request, out);
      }
    });

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @ParameterizedTest
  @CsvSource({
    // The length of the whole file, another length, or none, which ends with the connection.
    "Content-Length: 300000, 100000-299999/300000, 0, 300000",
    "Content-Length: 200001, 100000-299999/300000, 0, 200001",
    "X-Length: none, 100000-299999/300000, 0, 300000",
    "X-Length: none, 100000-299999/*, 0, 300000",
    // A part of another file.
    "Content-Length: 200001, 100000-300000/300001, 0, 200001",
    "Content-Length: 200000, 100000-299999/300000, 0, 200000",
    // What is no range.
    "Content-Length: 200000, 100000-299999/200000, 100000, 200000",
    "Content-Length: 200000, 100000-99999/300000, 100000, 200000"
  })
  void sendsAPartThatDoesNotFit(String length, String range, int from, int bytes) throws Exception {
    RawServer.Reply whole = file(image("v2"));
    dropsTheFirstAnswer("v2", 100_000, (request, out) -> {
      if (request.from() == 0) {
        whole.write(request, out);
        return;
      }
      out.write("HTTP/1.1 206 Partial Content\r\n%s\r\nContent-Range: bytes %s\r\n\r\n"
          .formatted(length, range)
          .getBytes(UTF_8));
      out.write(Arrays.copyOf(image("v2"), from + bytes), from, bytes);
    });

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(device.state().attemptCount()).isOne();
    assertThat(device.slots().verifiedContent(Slot.B).version()).isEqualTo("v2");
  }

  /** Checks that only an answer with the whole file proves that the file is another one. */
  @Test
  void saysThatTheImageIsAnotherOneByAWholeAnswerOnly() throws Exception {
    byte[] longer = Arrays.copyOf(image("v2"), IMAGE_BYTES + 1);
    dropsTheFirstAnswer("v2", 1000, file(longer));
    failsWith("v2.img: has 300001 bytes, the manifest says 300000");

    device.done("ack");
    dropsEveryWholeAnswer(image("v3"));
    passesWith("v2.img: has SHA-256 %.16s..., the manifest says %.16s..."
        .formatted(sha256("v3"), sha256("v2")));

    server.on("v2.img", file(image("v3")));
    failsWith("v2.img: has SHA-256 ");
  }

  @Test
  void answersAPlainRequestWithAPart() throws Exception {
    server.on("v2.img", (request, out) -> {
      head(out, "206 Partial Content", 100, "Content-Range: bytes 0-99/300000\r\n");
      out.write(image("v2"), 0, 100);
    });
    passesWith("v2.img: the server sends a part of the file that was not asked for");

    server.on("v2.img", (request, out) -> {
      head(out, "206 Partial Content", IMAGE_BYTES, "Content-Range: bytes 0-299999/300000\r\n");
      out.write(image("v2"));
    });
    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void cutsEachAnswerAtTheSameByteAndDoesNotResume() throws Exception {
    server.on("v2.img", (request, out) -> {
      head(out, "200 OK", IMAGE_BYTES, "");
      out.write(image("v2"), 0, 280_000);
    });

    for (int call = 1; call <= 2; call++) {
      passesWith("v2.img: cut off after 280000 of 300000 bytes");
      assertThat(server.requests())
          .filteredOn(request -> request.path().endsWith("v2.img"))
          .hasSize(4 * call);
    }
  }

  @Test
  void dropsTheImageThreeTimes() throws Exception {
    server.on("v2.img", (request, out) -> {
      int count = Math.min(80_000, IMAGE_BYTES - request.from());
      String range = "Content-Range: bytes %d-%d/%d\r\n"
          .formatted(request.from(), IMAGE_BYTES - 1, IMAGE_BYTES);
      boolean part = request.from() > 0;
      head(
          out,
          part ? "206 Partial Content" : "200 OK",
          IMAGE_BYTES - request.from(),
          part ? range : "");
      out.write(image("v2"), request.from(), count);
    });

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(device.state().attemptCount()).isOne();
    assertThat(server.requests())
        .filteredOn(request -> request.path().endsWith("v2.img"))
        .extracting(RawServer.Request::from)
        .containsExactly(0, 80_000, 160_000, 240_000);
  }

  @Test
  void isBusyForLongerThanAnyAttempt() throws Exception {
    server.on("v2.img", status("503 Busy"));
    for (int call = 0; call < 5; call++) {
      passesWith("v2.img: the server answers 503 Busy");
    }
    assertThat(server.requests())
        .filteredOn(request -> request.path().endsWith("v2.img"))
        .hasSize(5 * 4);

    server.on("v2.img", file(image("v2")));
    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(device.state().attemptCount()).isOne();
  }

  @Test
  void asksForMorePatienceThanACallHas() throws Exception {
    server.on("v2.img", status("429 Slow Down", "Retry-After: 3600\r\n"));

    passesWith("v2.img: the server answers 429 Slow Down, and asks to wait for 1h");
    assertThat(server.requests())
        .filteredOn(request -> request.path().endsWith("v2.img"))
        .hasSize(1);
  }

  /**
   * Checks the mode of the partial file: a user who can change it could prevent an update forever.
   */
  @Test
  void keepsWhatItHasSoFarFromOtherUsers() throws Exception {
    breaksTheImageOff();

    assertThat(Files.getPosixFilePermissions(onlyFile(device.dir.resolve("download"))))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void startsOverWhenWhatWasThereIsDamaged() throws Exception {
    breaksTheImageOff();
    Path part = onlyFile(device.dir.resolve("download"));
    Files.write(part, new byte[200_000]);
    server.on("v2.img", file(image("v2")));

    device.done("apply");

    assertThat(device.slots().verifiedContent(Slot.B))
        .isEqualTo(DeviceFactory.content("v2", image("v2")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mkfifo", "ln -s /dev/full", "ln -s ../a_file", "mkdir"})
  void startsOverWhenWhatWasThereIsNoRegularFile(String command) throws Exception {
    breaksTheImageOff();
    Path part = onlyFile(device.dir.resolve("download"));
    Path target = Files.write(device.dir.resolve("a_file"), new byte[500]);
    Files.delete(part);
    Shell.must("sh", "-c", command + " " + part);
    server.on("v2.img", file(image("v2")));

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(target).hasSize(500);
  }

  @Test
  void leavesADirectoryThatNoDownloadHasMade() throws Exception {
    Path found = device.dir.resolve("download/lost+found/#12");
    Files.createDirectories(found);

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(found).exists();
  }

  @Test
  void isAskedInVainWhileAnUpdateIsStaged() throws Exception {
    device.done("apply");
    server.close();

    CommandLineRun.Result result = device.run("apply");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  private void dropsTheFirstAnswer(String version, int bytes, RawServer.Reply then) {
    AtomicBoolean dropped = new AtomicBoolean();
    server.on(version + ".img", (request, out) -> {
      if (dropped.getAndSet(true)) {
        then.write(request, out);
      } else {
        head(out, "200 OK", IMAGE_BYTES, "");
        out.write(image(version), 0, bytes);
      }
    });
  }

  private void dropsEveryWholeAnswer(byte[] bytes) {
    server.on("v2.img", (request, out) -> {
      if (request.from() > 0) {
        file(bytes).write(request, out);
      } else {
        head(out, "200 OK", IMAGE_BYTES, "");
        out.write(bytes, 0, 1000);
      }
    });
  }

  private void offerManifest(String manifest) {
    server.on("manifest.json", file(manifest.getBytes(UTF_8)));
    server.on("manifest.json.sig", file(device.maker.sign(manifest.getBytes(UTF_8))));
  }

  private static String sha256(String version) {
    return DeviceFactory.content(version, image(version)).sha256();
  }

  private void failsWith(String problem) throws Exception {
    endsWith(problem);
    assertThat(device.phase()).isEqualTo(Phase.FAILED);
    assertThat(device.state().lastError().get()).contains(problem);
  }

  private void passesWith(String problem) throws Exception {
    endsWith(problem);
    assertThat(device.phase()).isEqualTo(Phase.DOWNLOADING);
  }

  private void endsWith(String problem) throws Exception {
    CommandLineRun.Result result = device.run("apply");

    assertThat(result.code()).as("%s", result).isEqualTo(ExitCode.OTHER);
    assertThat(result.err().lines()).singleElement().asString().contains(problem);
    assertThat(device.slots().verifiedContent(Slot.A).version()).isEqualTo("v1");
    assertThat(Files.readAllBytes(device.slots().image(Slot.A))).isEqualTo(runningSlot);
    assertThat(device.env().active()).isEqualTo(Slot.A);
    assertThat(device.env().good()).isTrue();
  }

  public static Path onlyFile(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .reduce((one, other) -> {
            throw new AssertionError(one + " and " + other);
          })
          .orElseThrow();
    }
  }
}

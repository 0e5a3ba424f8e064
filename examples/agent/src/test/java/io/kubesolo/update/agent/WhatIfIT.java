package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The system calls of an exploration: by the command and by the page, nothing is written. */
@Timeout(120)
final class WhatIfIT {
  /** Calls that change a file system, whatever they are given. */
  private static final String CHANGES =
      "creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,"
          + "linkat,symlink,symlinkat,unlink,unlinkat,rmdir,truncate,ftruncate,fallocate,chmod,fchmod,fchmodat,"
          + "chown,fchown,lchown,fchownat,utimensat,setxattr,fsetxattr,fsync,fdatasync";

  /** A line about a system call, and not about the end of a thread or a process. */
  private static final Pattern CALL = Pattern.compile("^\\d+ +(?:<\\.\\.\\. )?[a-z]");

  /** The files that a JVM opens for writing and that are not on a disk. */
  private static final Pattern OF_THE_JVM =
      Pattern.compile("\"/dev/null\"|\"/proc/self/coredump_filter\"");

  @TempDir
  Path dir;

  private Path log;
  private AgentProcess agent;
  private AgentProcess traced;

  @BeforeEach
  void aStagedVersion() {
    Tools.assumePresent("strace");
    log = dir.resolve("strace.log");
    Path file = dir.resolve("state/state.json");
    agent = AgentProcess.on(file);
    traced = agent.under(
        "strace", "-f", "-qqq", "-o", log.toString(), "-e", "trace=open,openat,openat2," + CHANGES);
    CommandLineRun sender = new CommandLineRun(file);
    sender.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    sender.run("send", "stage");
  }

  /** Returns the calls that open a file for writing, or change one. */
  private List<String> writes() throws IOException {
    List<String> calls = Files.readAllLines(log);
    assertThat(calls).as("what is traced").anyMatch(call -> call.contains("state.json\""));
    return calls.stream()
        .filter(call -> CALL.matcher(call).find())
        .filter(call -> !call.contains("open")
            || call.matches(".*\\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\\b.*"))
        .filter(call -> !OF_THE_JVM.matcher(call).find())
        .toList();
  }

  @Test
  void theCommandWritesNothing() throws IOException {
    for (String form : List.of("--engine=table", "--as-replay", "--as-transcript", "--from=1")) {
      Shell.Result result =
          traced.run("what-if", form, "activate", "verify", "running_version=v2", "confirm");

      assertThat(result.code()).as(result.err()).isZero();
      if (!form.equals("--as-replay")) {
        assertThat(writes()).as(form).isEmpty();
      }
    }
  }

  @Test
  void thePageWritesNothing() throws Exception {
    Process server = new ProcessBuilder(traced.command("serve", "--listen", "127.0.0.1:0"))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    try (Scanner lines = new Scanner(server.getInputStream(), UTF_8)) {
      URI address = URI.create(lines.nextLine().replace("serving ", ""));
      for (String path : List.of("what-if", "what-if.jsonl", "what-if.txt")) {
        String query = "?event=activate&event=verify&running_version=v2&event=confirm";
        HttpResponse<String> answer = HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(address.resolve("/" + path + query)).build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
      }
    } finally {
      end(server);
    }

    assertThat(writes()).isEmpty();
  }

  private static void end(Process server) throws InterruptedException {
    List<ProcessHandle> traced = server.descendants().toList();
    traced.forEach(ProcessHandle::destroy);
    server.waitFor();
  }

  /** Shows that the list of calls contains the writes of an event that is sent. */
  @Test
  void anEventThatIsSentIsSeenToWrite() throws IOException {
    assertThat(traced.run("send", "activate").code()).isZero();

    assertThat(writes()).anyMatch(call -> call.contains("rename"));
    try (Stream<Path> files = Files.list(agent.directory())) {
      assertThat(files).isNotEmpty();
    }
  }
}

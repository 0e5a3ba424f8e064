package io.kubesolo.update.agent.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.Main;
import io.kubesolo.update.agent.cli.UpdateAgent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Writes the generated files of the packages, at their places below a directory: {@code root} for
 * those of every package, and a directory with the name of a package for its own.
 */
public final class PackageFiles {
  /** Where each shell looks for the completions of packages. */
  private static final Map<String, String> COMPLETIONS = Map.of(
      "bash", "usr/share/bash-completion/completions/update-agent",
      "fish", "usr/share/fish/vendor_completions.d/update-agent.fish");

  /** The byte in the header of a gzip file that says how much the content was compressed. */
  private static final int GZIP_EXTRA_FLAGS = 8;

  private static final byte GZIP_BEST = 2;

  /** Files of the agent that an operator uses unchanged, or changes. */
  private static final List<String> EXAMPLES = List.of("grub.cfg", "alerts.yml", "dashboard.json");

  private final Path templates;
  private final Path agentDirectory;
  private final Path target;
  private final String version;
  private final OffsetDateTime time;

  private PackageFiles(String... arguments) {
    templates = Path.of(arguments[0]);
    agentDirectory = Path.of(arguments[1]);
    target = Path.of(arguments[2]);
    version = arguments[3];
    time = OffsetDateTime.parse(arguments[4]);
  }

  /**
   * Writes the files.
   *
   * @param arguments the directories of the templates and of the agent, the directory to write to,
   *     the version, the time of the build, and the names of the packages
   * @throws IOException if a file cannot be read or written
   * @throws InterruptedException if this thread is interrupted
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    PackageFiles files = new PackageFiles(arguments);
    files.manualPages();
    files.completions();
    for (String name : List.of(arguments).subList(5, arguments.length)) {
      files.documents(name);
    }
  }

  private void manualPages() throws IOException {
    CommandSpec agent = UpdateAgent.syntax();
    String files = Files.readString(templates.resolve("man/update-agent.roff"));
    manualPage(agent, files);
    for (CommandLine command : agent.subcommands().values().stream().distinct().toList()) {
      manualPage(command.getCommandSpec(), "");
    }
  }

  private void manualPage(CommandSpec command, String appendix) throws IOException {
    String date = DateTimeFormatter.ISO_LOCAL_DATE.format(time);
    write(
        target.resolve("root/usr/share/man/man1/" + ManualPage.name(command) + ".1.gz"),
        compressed(ManualPage.of(command, version, date, appendix)));
  }

  private void completions() throws IOException, InterruptedException {
    for (Map.Entry<String, String> place : COMPLETIONS.entrySet()) {
      // A file that is only sourced has no interpreter line.
      String script = printed("completion", place.getKey()).replaceFirst("^#!.*\\R", "");
      write(target.resolve("root").resolve(place.getValue()), script.getBytes(UTF_8));
    }
    write(
        target.resolve("root/usr/share/zsh/vendor-completions/_update-agent"),
        Files.readAllBytes(templates.resolve("completions/_update-agent")));
  }

  /** Runs a command of the agent, and returns what it printed. */
  private static String printed(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName()));
    command.addAll(List.of(arguments));
    Process agent = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String printed = new String(agent.getInputStream().readAllBytes(), UTF_8);
    if (agent.waitFor() != 0) {
      throw new IOException("failed: " + command);
    }
    return printed;
  }

  private void documents(String name) throws IOException {
    Path directory = target.resolve(name).resolve("usr/share/doc").resolve(name);
    for (String example : EXAMPLES) {
      write(
          directory.resolve("examples").resolve(example),
          Files.readAllBytes(agentDirectory.resolve(example)));
    }
    for (Path schema : schemas()) {
      write(directory.resolve("schemas").resolve(schema.getFileName()), Files.readAllBytes(schema));
    }
    write(
        directory.resolve("README.md.gz"),
        compressed(Files.readString(agentDirectory.resolve("README.md"))));
    write(directory.resolve("changelog.Debian.gz"), compressed(filled(name, "doc/changelog")));
    Path additional = templates.resolve(name).resolve("copyright");
    String copyright =
        copyrightOfAgent() + (Files.exists(additional) ? Files.readString(additional) : "");
    write(directory.resolve("copyright"), copyright.getBytes(UTF_8));
    write(
        target.resolve(name).resolve("usr/share/lintian/overrides").resolve(name),
        filled(name, name + "/lintian-overrides").getBytes(UTF_8));
  }

  private List<Path> schemas() throws IOException {
    try (Stream<Path> files = Files.list(agentDirectory.resolve("schemas"))) {
      return files.toList();
    }
  }

  /** Returns what the agent's jar says about its components, in the format of Debian. */
  private static String copyrightOfAgent() throws IOException {
    try (InputStream copyright =
        Objects.requireNonNull(Main.class.getResourceAsStream("/META-INF/licenses/copyright"))) {
      return new String(copyright.readAllBytes(), UTF_8);
    }
  }

  /** Returns a template with the values of this build. */
  private String filled(String name, String template) throws IOException {
    return Files.readString(templates.resolve(template))
        .replace("@package@", name)
        .replace("@version@", version.replace("-SNAPSHOT", "~SNAPSHOT") + "-1")
        .replace(
            "@date@",
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT)
                .format(time));
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  /** Returns a text as {@code gzip -9n} compresses it: without a name and a time. */
  private static byte[] compressed(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new BestCompression(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    byte[] compressed = bytes.toByteArray();
    compressed[GZIP_EXTRA_FLAGS] = GZIP_BEST;
    return compressed;
  }

  private static final class BestCompression extends GZIPOutputStream {
    BestCompression(ByteArrayOutputStream bytes) throws IOException {
      super(bytes);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}

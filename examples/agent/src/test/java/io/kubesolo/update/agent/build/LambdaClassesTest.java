package io.kubesolo.update.agent.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.testkit.CallSites;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The rewritten jar does the same as the original. */
final class LambdaClassesTest {
  private static final String PACKAGE = "io/kubesolo/update/agent/build/";
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 2, 3, 4, 5, 6);

  @TempDir
  Path dir;

  private Path jar;

  @BeforeEach
  void makeJar() throws Exception {
    jar = dir.resolve("some.jar");
    Path samples = Path.of(LambdaSamples.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .toURI())
        .resolve(PACKAGE);
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> files = Files.list(samples)) {
      for (Path file : files
          .filter(path -> path.toString().contains("LambdaSamples"))
          .sorted()
          .toList()) {
        put(zip, PACKAGE + file.getFileName(), Files.readAllBytes(file));
      }
      put(zip, "other/Text.class", "no class".getBytes(UTF_8));
    }
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
    zip.write(bytes);
  }

  private void rewrite() throws IOException {
    LambdaClasses.main(new String[] {jar.toString(), "io/kubesolo/"});
  }

  private List<Object> results() throws Exception {
    URL[] place = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(place, ClassLoader.getPlatformClassLoader())) {
      Object samples =
          loader.loadClass(LambdaSamples.class.getName()).getConstructor().newInstance();
      return ((Supplier<?>) samples).get() instanceof List<?> list ? List.copyOf(list) : List.of();
    }
  }

  private List<? extends ZipEntry> entries() throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return Collections.list(zip.entries());
    }
  }

  @Test
  void theClassesDoTheSame() throws Exception {
    String before = results().toString();
    rewrite();

    assertThat(results()).hasToString(before).hasSizeGreaterThan(15);
  }

  @Test
  void noLambdaIsLeftToLink() throws Exception {
    rewrite();

    assertThat(entries()).anyMatch(entry -> entry.getName().endsWith("$LambdaClass0.class"));
    for (ZipEntry entry : entries()) {
      try (ZipFile zip = new ZipFile(jar.toFile());
          InputStream in = zip.getInputStream(entry)) {
        byte[] bytes = in.readAllBytes();
        if (entry.getName().startsWith(PACKAGE) && !entry.getName().contains("LambdaClass")) {
          assertThat(CallSites.linkedBy(bytes)).as(entry.getName()).noneMatch(CallSites::isLambda);
        }
      }
    }
  }

  /**
   * Rejects the call because an invokevirtual in its place would call the override, and so itself.
   */
  @Test
  void rejectsACallOfTheMethodOfASuperClass() {
    Handle bootstrap = new Handle(
        Opcodes.H_INVOKESTATIC,
        "java/lang/invoke/LambdaMetafactory",
        "metafactory",
        "the types do not matter",
        false);
    Handle target = new Handle(
        Opcodes.H_INVOKESPECIAL, "some/Super", "toString", "()Ljava/lang/String;", false);
    LambdaClass lambda = LambdaClass.of(
            "get",
            "(Lsome/Class;)Ljava/util/function/Supplier;",
            bootstrap,
            Type.getMethodType("()Ljava/lang/Object;"),
            target,
            Type.getMethodType("()Ljava/lang/String;"))
        .orElseThrow();

    assertThatThrownBy(() -> lambda.write("some/Class$LambdaClass0", "some/Class"))
        .hasMessage(
            "a lambda calls some/Super.toString by invokespecial, which no other class can");
  }

  /** Checks what two builds need to give the same bytes. */
  @Test
  void keepsOrderTimesAndWhatIsNotItsOwn() throws Exception {
    List<String> before = entries().stream().map(ZipEntry::getName).toList();
    rewrite();

    assertThat(entries()).allMatch(entry -> entry.getTimeLocal().equals(TIME));
    assertThat(entries().stream()
            .map(ZipEntry::getName)
            .filter(name -> !name.contains("$LambdaClass")))
        .containsExactlyElementsOf(before);
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      assertThat(zip.getInputStream(zip.getEntry("other/Text.class"))).hasContent("no class");
    }
  }
}

package io.kubesolo.update.agent.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Replaces the lambdas of the program's own classes in a jar by nested classes. Each process links
 * each lambda again, even if the class archive holds it. That takes ten times as long as loading a
 * class from the archive; the first one takes as long as reading the state file.
 *
 * <p>A lambda that {@code LambdaMetafactory.altMetafactory} makes, such as a serializable one, stays.
 */
public final class LambdaClasses {
  private static final int API = Opcodes.ASM9;
  private static final String CLASS = ".class";

  /** The entries of the jar in order; a new class follows the class that uses it. */
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  private final Map<String, LocalDateTime> times = new HashMap<>();

  /** The classes that were made, by the outermost class, which has to name them. */
  private final Map<String, List<String>> nests = new LinkedHashMap<>();

  private LambdaClasses() {}

  /**
   * Rewrites a jar.
   *
   * @param arguments the jar, and how the names of the program's own classes start
   * @throws IOException if the jar cannot be read or written
   */
  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    LambdaClasses classes = new LambdaClasses();
    classes.read(jar, arguments[1]);
    classes.completeNests();
    classes.write(jar);
  }

  private void read(Path jar, String prefix) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        String name = entry.getName();
        if (name.startsWith(prefix) && name.endsWith(CLASS)) {
          replaceLambdas(bytes, entry.getTimeLocal());
        } else {
          put(name, bytes, entry.getTimeLocal());
        }
      }
    }
  }

  private void put(String name, byte[] bytes, LocalDateTime time) {
    entries.put(name, bytes);
    times.put(name, time);
  }

  private void replaceLambdas(byte[] bytes, LocalDateTime time) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(0);
    LambdaReplacer replacer = new LambdaReplacer(writer, reader.getClassName());
    reader.accept(replacer, 0);
    put(reader.getClassName() + CLASS, writer.toByteArray(), time);
    replacer.made.forEach((name, made) -> put(name + CLASS, made, time));
    if (!replacer.made.isEmpty()) {
      nests
          .computeIfAbsent(replacer.nestHost, host -> new ArrayList<>())
          .addAll(replacer.made.keySet());
    }
  }

  private void completeNests() {
    nests.forEach((host, members) ->
        entries.computeIfPresent(host + CLASS, (name, bytes) -> withNestMembers(bytes, members)));
  }

  private static byte[] withNestMembers(byte[] bytes, List<String> members) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(API, writer) {
          @Override
          public void visitEnd() {
            members.forEach(this::visitNestMember);
            super.visitEnd();
          }
        },
        0);
    return writer.toByteArray();
  }

  private void write(Path jar) throws IOException {
    Path written = jar.resolveSibling(jar.getFileName() + ".new");
    try (OutputStream out = Files.newOutputStream(written);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setTimeLocal(times.get(entry.getKey()));
        zip.putNextEntry(header);
        zip.write(entry.getValue());
      }
    }
    Files.move(written, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Copies a class, and makes a class for each of its lambdas. */
  private static final class LambdaReplacer extends ClassVisitor {
    private final String owner;
    private final Map<String, byte[]> made = new LinkedHashMap<>();
    private String nestHost;

    LambdaReplacer(ClassVisitor next, String owner) {
      super(API, next);
      this.owner = owner;
      this.nestHost = owner;
    }

    @Override
    public void visitNestHost(String host) {
      nestHost = host;
      super.visitNestHost(host);
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      return new MethodVisitor(
          API, super.visitMethod(access, name, descriptor, signature, exceptions)) {
        @Override
        public void visitInvokeDynamicInsn(
            String method, String captures, Handle bootstrap, Object... arguments) {
          Optional<LambdaClass> lambda = LambdaClass.of(method, captures, bootstrap, arguments);
          if (lambda.isPresent()) {
            String type = owner + "$LambdaClass" + made.size();
            made.put(type, lambda.get().write(type, nestHost));
            super.visitMethodInsn(Opcodes.INVOKESTATIC, type, LambdaClass.FACTORY, captures, false);
          } else {
            super.visitInvokeDynamicInsn(method, captures, bootstrap, arguments);
          }
        }
      };
    }
  }
}

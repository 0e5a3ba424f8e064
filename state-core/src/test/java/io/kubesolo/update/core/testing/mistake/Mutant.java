package io.kubesolo.update.core.testing.mistake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Production code with a mistake planted in it, and the tests loaded together with it. The code is
 * that of the source tree, with some text replaced, and compiled again.
 */
public final class Mutant extends ClassLoader {
  private final Path classes;
  private final List<String> packages;

  private Mutant(Path classes, List<String> packages) {
    super(Mutant.class.getClassLoader());
    this.classes = classes;
    this.packages = packages;
  }

  /**
   * Returns the code as it is, loaded again.
   *
   * @param empty an empty folder
   * @param packages the packages that are loaded again, each with a dot at its end
   */
  public static Mutant none(Path empty, List<String> packages) {
    return new Mutant(empty, packages);
  }

  /**
   * Returns the code with a mistake.
   *
   * @param folder where the class with the mistake is compiled to
   * @param packages the packages that are loaded again, each with a dot at its end
   */
  public static Mutant of(Mistake mistake, Path folder, List<String> packages) {
    try {
      String code = Files.readString(mistake.source());
      Path source = folder.resolve(mistake.source().getFileName());
      Files.writeString(source, mistake.plantedIn(code));
      compile(source, folder);
      return new Mutant(folder, packages);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compile(Path source, Path folder) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    List<String> options =
        List.of("-proc:none", "-nowarn", "-classpath", path, "-d", folder.toString());
    StringBuilder said = new StringBuilder();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled = compiler
          .getTask(null, files, said::append, options, null, files.getJavaFileObjects(source))
          .call();
      if (!compiled) {
        throw new IllegalArgumentException(source + " does not compile: " + said);
      }
    }
  }

  /** Runs one test on this code; what it throws is the cause of what this throws. */
  public void run(Class<?> test, String method) throws ReflectiveOperationException {
    Class<?> loaded = loadClass(test.getName());
    Constructor<?> constructor = loaded.getDeclaredConstructor();
    constructor.setAccessible(true);
    Method found = loaded.getDeclaredMethod(method);
    found.setAccessible(true);
    found.invoke(constructor.newInstance());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      return packages.stream().anyMatch(name::startsWith)
          ? define(name)
          : super.loadClass(name, resolve);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    Path mine = classes.resolve(file);
    try (InputStream in =
        Files.exists(mine) ? Files.newInputStream(mine) : getParent().getResourceAsStream(file)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}

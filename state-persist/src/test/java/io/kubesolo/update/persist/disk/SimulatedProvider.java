package io.kubesolo.update.persist.disk;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.persist.disk.Node.Directory;
import io.kubesolo.update.persist.disk.Node.PlainFile;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.kubesolo.update.persist.disk.SimulatedProcess.Action;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A POSIX file system with what programs that keep small files use of it, under the umask 000. What
 * is not simulated throws an {@link UnsupportedOperationException} that says so.
 */
final class SimulatedProvider extends FileSystemProvider {
  private static final Set<OpenOption> OPTIONS =
      Set.of(READ, WRITE, APPEND, CREATE, CREATE_NEW, TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS);

  private final SimulatedProcess process;

  SimulatedProvider(SimulatedProcess process) {
    this.process = process;
  }

  private Disk disk() {
    return process.disk();
  }

  private <T> T perform(Kind kind, Path path, Action<T> action) throws IOException {
    return process.perform(kind, (SimulatedPath) path, action);
  }

  private static List<String> names(Path path) {
    return ((SimulatedPath) path).names();
  }

  private static String name(Path path) {
    List<String> names = names(path);
    return names.get(names.size() - 1);
  }

  private Node node(Path path, Set<?> options) throws IOException {
    boolean follow = !options.contains(LinkOption.NOFOLLOW_LINKS);
    return disk().existing(follow ? disk().real(names(path)) : names(path));
  }

  private static FileSystemException refused(Path path, String reason) {
    return new FileSystemException(path.toString(), null, reason);
  }

  List<String> realPath(SimulatedPath path) throws IOException {
    return process.perform(Kind.REAL_PATH, path, () -> disk().real(path.names()));
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    if (!OPTIONS.containsAll(options)) {
      throw notSimulated("open with " + options);
    }
    boolean writes = options.contains(WRITE) || options.contains(APPEND);
    boolean creates = writes && (options.contains(CREATE) || options.contains(CREATE_NEW));
    boolean missing = creates && disk().find(names(path)) == null;
    boolean truncates = writes && options.contains(TRUNCATE_EXISTING);
    Kind existing = truncates ? Kind.TRUNCATE : Kind.OPEN;
    return perform(missing ? Kind.CREATE : existing, path, () -> {
      Node node = missing ? created(path, attributes) : opened(path, options);
      return new SimulatedChannel(process, (SimulatedPath) path, node, options);
    });
  }

  private Node created(Path path, FileAttribute<?>... attributes) throws IOException {
    PlainFile file = new PlainFile(new byte[0], mode("rw-rw-rw-", attributes));
    file.owner = process.user();
    file.group = process.user();
    disk().parent(names(path)).change(Map.of(name(path), file));
    return file;
  }

  /** Returns the mode that something is created with. */
  private static String mode(String unless, FileAttribute<?>... attributes) {
    String mode = unless;
    for (FileAttribute<?> attribute : attributes) {
      if (!attribute.name().equals("posix:permissions")) {
        throw notSimulated("create with " + attribute);
      }
      Set<PosixFilePermission> permissions = new HashSet<>();
      for (Object permission : (Set<?>) attribute.value()) {
        permissions.add((PosixFilePermission) permission);
      }
      mode = PosixFilePermissions.toString(permissions);
    }
    return mode;
  }

  private Node opened(Path path, Set<? extends OpenOption> options) throws IOException {
    if (options.contains(CREATE_NEW)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Node node = node(path, options);
    if (node.link().isDefined()) {
      throw refused(path, "Too many levels of symbolic links or unable to access attributes");
    }
    if (node instanceof Node.Fixed) {
      throw new AssertionError("opening a special file may block forever: " + path);
    }
    boolean writes = options.contains(WRITE) || options.contains(APPEND);
    if (node instanceof Directory && writes) {
      throw refused(path, "Is a directory");
    }
    if (node instanceof PlainFile file && writes && options.contains(TRUNCATE_EXISTING)) {
      file.truncate(0);
    }
    return node;
  }

  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    Node opened = perform(Kind.OPEN, path, () -> opened(path, Set.of(options)));
    if (opened instanceof PlainFile file) {
      return new Input(path, file);
    }
    throw refused(path, "Is a directory");
  }

  /** Reads a file as it is at the time; no interrupt breaks it, as with the JDK's own. */
  private final class Input extends InputStream {
    private final Path path;
    private final PlainFile file;
    private int position;

    Input(Path path, PlainFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return perform(Kind.READ, path, () -> {
        int count = file.read(position, target, offset, length);
        position += Math.max(count, 0);
        return count;
      });
    }

    @Override
    public void close() throws IOException {
      perform(Kind.CLOSE, path, () -> true);
    }
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> entries = perform(Kind.LIST, path, () -> {
      List<Path> found = new ArrayList<>();
      for (String each : disk().directory(names(path)).entries.keySet()) {
        Path entry = path.resolve(each);
        if (filter.accept(entry)) {
          found.add(entry);
        }
      }
      return found;
    });
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return new Entries(path, entries.iterator());
      }

      @Override
      public void close() throws IOException {
        perform(Kind.CLOSE, path, () -> true);
      }
    };
  }

  /** The entries of a directory, which are all read from the disk at the first call. */
  private final class Entries implements Iterator<Path> {
    private final Path directory;
    private final Iterator<Path> fetched;
    private boolean asked;

    Entries(Path directory, Iterator<Path> fetched) {
      this.directory = directory;
      this.fetched = fetched;
    }

    @Override
    public boolean hasNext() {
      if (asked) {
        return fetched.hasNext();
      }
      asked = true;
      try {
        return perform(Kind.NEXT_ENTRY, directory, fetched::hasNext);
      } catch (IOException e) {
        throw new DirectoryIteratorException(e);
      }
    }

    @Override
    public Path next() {
      return fetched.next();
    }
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    perform(Kind.MAKE_DIRECTORY, path, () -> {
      requireMissing(path);
      Image.Directory empty = new Image.Directory(Map.of(), mode("rwxrwxrwx", attributes));
      Directory created = new Directory(empty);
      created.owner = process.user();
      created.group = process.user();
      disk().parent(names(path)).change(Map.of(name(path), created));
      return true;
    });
  }

  private void requireMissing(Path path) throws IOException {
    if (disk().find(names(path)) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    perform(Kind.UNLINK, path, () -> {
      unlink(path);
      return true;
    });
  }

  private void unlink(Path path) throws IOException {
    if (disk().existing(names(path)) instanceof Directory directory
        && !directory.entries.isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    disk().parent(names(path)).change(Collections.singletonMap(name(path), null));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Set<CopyOption> asked = Set.of(options);
    boolean atomic = asked.contains(StandardCopyOption.ATOMIC_MOVE);
    if (asked.contains(StandardCopyOption.COPY_ATTRIBUTES)) {
      throw notSimulated("move with " + Arrays.toString(options));
    }
    // The JDK on Linux does it in two steps.
    if (!atomic && disk().find(names(target)) != null) {
      if (!asked.contains(StandardCopyOption.REPLACE_EXISTING)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      delete(target);
    }
    perform(Kind.RENAME, source, () -> {
      rename(source, target);
      return true;
    });
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    perform(Kind.LINK, existing, () -> {
      requireMissing(link);
      Node node = disk().existing(names(existing));
      disk().parent(names(link)).change(Map.of(name(link), node));
      return true;
    });
  }

  private void rename(Path source, Path target) throws IOException {
    Directory directory = disk().parent(names(source));
    if (disk().parent(names(target)) != directory) {
      throw notSimulated("a rename to another directory");
    }
    Node node = disk().existing(names(source));
    if (disk().find(names(target)) instanceof Directory) {
      throw refused(target, "Is a directory");
    }
    Map<String, @Nullable Node> names = new HashMap<>();
    names.put(name(source), null);
    names.put(name(target), node);
    directory.change(names);
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    perform(Kind.ACCESS, path, () -> {
      String mode = node(path, Set.of()).mode;
      if (List.of(modes).contains(AccessMode.WRITE) && mode.charAt(1) != 'w') {
        throw new AccessDeniedException(path.toString());
      }
      return true;
    });
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
      throw notSimulated("attributes of " + type);
    }
    Node node = perform(Kind.STAT, path, () -> node(path, Set.of(options)));
    return type.cast(SimulatedAttributes.of(node));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    if (!type.isAssignableFrom(PosixFileAttributeView.class)) {
      throw notSimulated("view " + type);
    }
    return type.cast(new SimulatedAttributes.View() {
      @Override
      public PosixFileAttributes readAttributes() throws IOException {
        return SimulatedProvider.this.readAttributes(path, PosixFileAttributes.class, options);
      }

      @Override
      public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
        perform(Kind.SET_MODE, path, () -> {
          node(path, Set.of(options)).mode = PosixFilePermissions.toString(permissions);
          return true;
        });
      }
    });
  }

  @Override
  public String getScheme() {
    return "simulated";
  }

  private static UnsupportedOperationException notSimulated(String what) {
    return new UnsupportedOperationException(what + " is not simulated");
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw notSimulated("a file system by its URI");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw notSimulated("a file system by its URI");
  }

  @Override
  public Path getPath(URI uri) {
    throw notSimulated("a path by its URI");
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    throw notSimulated("a copy");
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return path.equals(other)
        || (path.getFileSystem() == other.getFileSystem()
            && node(path, Set.of()) == node(other, Set.of()));
  }

  @Override
  public boolean isHidden(Path path) {
    return name(path).startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) {
    return new SimulatedStore(disk().type());
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    Node node = perform(Kind.STAT, path, () -> node(path, Set.of(options)));
    return switch (attributes) {
      case "unix:dev" -> Map.of("dev", 1L);
      case "unix:uid,nlink" -> Map.of("uid", node.owner, "nlink", nameCount(path, node));
      case "unix:fileKey,lastModifiedTime,uid,gid" ->
        Map.of(
            "fileKey", node.key,
            "lastModifiedTime", node.lastChange(),
            "uid", node.owner,
            "gid", node.group);
      default -> throw notSimulated("to read " + attributes);
    };
  }

  /** Returns how many names a file has in its directory. */
  private int nameCount(Path path, Node node) throws IOException {
    return Collections.frequency(disk().parent(names(path)).entries.values(), node);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    perform(Kind.SET_OWNER, path, () -> {
      Node node = node(path, Set.of(options));
      switch (attribute) {
        case "unix:uid" -> node.owner = (Integer) value;
        case "unix:gid" -> node.group = (Integer) value;
        default -> throw notSimulated("to set " + attribute);
      }
      return true;
    });
  }
}

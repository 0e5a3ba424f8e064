package io.kubesolo.update.persist.disk;

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

/** What the code under test uses of a file system, under a umask of 077; nothing else is there. */
final class SimulatedProvider extends FileSystemProvider {
  private static final Set<OpenOption> OPTIONS =
      Set.of(READ, WRITE, CREATE, CREATE_NEW, TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS);

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
      throw new UnsupportedOperationException("open with " + options);
    }
    boolean creates = options.contains(CREATE) || options.contains(CREATE_NEW);
    boolean missing = creates && disk().find(names(path)) == null;
    Kind existing = options.contains(TRUNCATE_EXISTING) ? Kind.TRUNCATE : Kind.OPEN;
    return perform(missing ? Kind.CREATE : existing, path, () -> {
      Node node = missing ? created(path, attributes) : opened(path, options);
      return new SimulatedChannel(process, (SimulatedPath) path, node, options.contains(WRITE));
    });
  }

  private Node created(Path path, FileAttribute<?>... attributes) throws IOException {
    PlainFile file = new PlainFile(new byte[0], mode("rw-rw-rw-", attributes));
    file.owner = process.user();
    file.group = process.user();
    disk().parent(names(path)).change(Map.of(name(path), file));
    return file;
  }

  /** The mode that something is created with under the umask 000. */
  private static String mode(String unless, FileAttribute<?>... attributes) {
    String mode = unless;
    for (FileAttribute<?> attribute : attributes) {
      if (!attribute.name().equals("posix:permissions")) {
        throw new UnsupportedOperationException("create with " + attribute);
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
    if (node.seen() instanceof Image.Link) {
      throw refused(path, "Too many levels of symbolic links or unable to access attributes");
    }
    if (node.seen() instanceof Image.Special) {
      throw new AssertionError("to open a special file may block for ever: " + path);
    }
    if (node instanceof Directory && options.contains(WRITE)) {
      throw refused(path, "Is a directory");
    }
    if (node instanceof PlainFile file && options.contains(TRUNCATE_EXISTING)) {
      file.content = new byte[0];
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
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return perform(Kind.READ, path, () -> {
        int count = Math.min(length, file.content.length - position);
        if (count <= 0) {
          return -1;
        }
        System.arraycopy(file.content, position, target, offset, count);
        position += count;
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
      disk().directory(names(path)).entries.keySet().forEach(each -> found.add(path.resolve(each)));
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

  /** The entries of a directory, all fetched from the disk at the first question. */
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
    boolean atomic = List.of(options).equals(List.of(StandardCopyOption.ATOMIC_MOVE));
    if (!atomic && !List.of(options).equals(List.of(StandardCopyOption.REPLACE_EXISTING))) {
      throw new UnsupportedOperationException("move with " + Arrays.toString(options));
    }
    if (!atomic && disk().find(names(target)) != null) {
      delete(target);
    }
    perform(Kind.RENAME, source, () -> {
      rename(source, target);
      return true;
    });
  }

  private void rename(Path source, Path target) throws IOException {
    Directory directory = disk().parent(names(source));
    if (disk().parent(names(target)) != directory) {
      throw new UnsupportedOperationException("a rename to another directory");
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
      throw new UnsupportedOperationException("attributes of " + type);
    }
    Node node = perform(Kind.STAT, path, () -> node(path, Set.of(options)));
    return type.cast(new SimulatedAttributes(node.seen(), node.mode, node.lastChange(), node.key));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    if (type != PosixFileAttributeView.class) {
      throw new UnsupportedOperationException("view " + type);
    }
    return type.cast(new SimulatedAttributes.View() {
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

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isSameFile(Path path, Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHidden(Path path) {
    throw new UnsupportedOperationException();
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
      case "unix:uid,gid,nlink" -> Map.of("uid", node.owner, "gid", node.group, "nlink", 1);
      default -> throw new UnsupportedOperationException(attributes);
    };
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    perform(Kind.SET_OWNER, path, () -> {
      Node node = node(path, Set.of(options));
      switch (attribute) {
        case "unix:uid" -> node.owner = (Integer) value;
        case "unix:gid" -> node.group = (Integer) value;
        default -> throw new UnsupportedOperationException(attribute);
      }
      return true;
    });
  }
}

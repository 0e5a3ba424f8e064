package io.kubesolo.update.agent.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Files in memory, by the paths of the default file system: what {@link WatchedFileSystem} works on if a
 * million small files are to be made quickly. There are no links, owners and modes. For use by one thread
 * at a time.
 */
public final class MemoryFiles extends FileSystemProvider implements StoredFiles {
  private static final int USER = 1000;
  private static final long SPACE = 1L << 30;

  /**
   * The content of a file at one time. It is never changed, so that its meaning is computed once.
   */
  public static final class Content {
    private final byte[] bytes;
    private @Nullable Object meaning;

    public Content(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }

    public int size() {
      return bytes.length;
    }

    /**
     * Returns what a power cut may leave of this content, of which nothing is known to be durable but the
     * length: zeros, or the first half if other bytes of the same number were overwritten.
     */
    public Content torn(Content durable) {
      byte[] left = new byte[bytes.length];
      if (bytes.length == durable.bytes.length) {
        System.arraycopy(durable.bytes, 0, left, 0, left.length);
        System.arraycopy(bytes, 0, left, 0, left.length / 2);
      }
      return new Content(left);
    }

    /** Returns what a function of the bytes returned when it was called first. */
    @SuppressWarnings("unchecked")
    public <T> T meaning(Function<byte[], T> function) {
      Object known = meaning;
      if (known == null) {
        known = function.apply(bytes);
        meaning = known;
      }
      return (T) known;
    }
  }

  /** A file or a directory, under any name. */
  static final class Node {
    final long id;
    final boolean isDirectory;
    Content content = new Content(new byte[0]);
    long changes;

    /** The number of a block device; 0 for any other file. */
    long device;

    @Nullable
    FileChannel locker;

    Node(long id, boolean isDirectory) {
      this.id = id;
      this.isDirectory = isDirectory;
    }

    int mode() {
      int format = device == 0 ? 0x8000 : 0x6000;
      return isDirectory ? 0x4000 | 0755 : format | 0644;
    }
  }

  private final Map<String, Node> nodes = new HashMap<>();
  private long lastId;

  public MemoryFiles() {
    putDirectory("");
    putDirectory("/");
  }

  @Override
  public FileSystemProvider provider() {
    return this;
  }

  @Override
  public void putDirectory(String path) {
    nodes.put(path, new Node(++lastId, true));
  }

  @Override
  public void put(String path, Content content) {
    Node node = new Node(++lastId, false);
    node.content = content;
    nodes.put(path, node);
  }

  /** Puts a block device, which is empty. */
  public void putDevice(String path, int major, int minor) {
    Node node = new Node(++lastId, false);
    node.device = (long) major << 8 | minor;
    nodes.put(path, node);
  }

  @Override
  public void removeFilesExcept(Set<String> kept) {
    nodes
        .entrySet()
        .removeIf(entry -> !entry.getValue().isDirectory && !kept.contains(entry.getKey()));
  }

  @Override
  public @Nullable Content content(String path) {
    Node node = nodes.get(path);
    return node == null || node.isDirectory ? null : node.content;
  }

  private static String key(Path path) {
    return path.normalize().toString();
  }

  private Node node(Path path) throws NoSuchFileException {
    Node node = nodes.get(key(path));
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    return node;
  }

  private void nameChanged(String path) {
    Node parent = nodes.get(path.substring(0, path.lastIndexOf('/')));
    if (parent != null) {
      parent.changes++;
    }
  }

  @Override
  public String getScheme() {
    return "memory";
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
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    String key = key(path);
    Node node = nodes.get(key);
    boolean creates = options.contains(StandardOpenOption.CREATE_NEW);
    if (node != null && creates) {
      throw new FileAlreadyExistsException(key);
    }
    if (node == null) {
      if (!creates && !options.contains(StandardOpenOption.CREATE)) {
        throw new NoSuchFileException(key);
      }
      node(path.resolveSibling("."));
      node = new Node(++lastId, false);
      nodes.put(key, node);
      nameChanged(key);
    }
    if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      node.content = new Content(new byte[0]);
    }
    return new MemoryChannel(node);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    node(directory);
    String start = key(directory) + "/";
    List<Path> entries = new ArrayList<>();
    for (String name : nodes.keySet()) {
      if (name.startsWith(start) && name.indexOf('/', start.length()) < 0) {
        entries.add(directory.resolve(name.substring(start.length())));
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return entries.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    if (nodes.containsKey(key(directory))) {
      throw new FileAlreadyExistsException(directory.toString());
    }
    putDirectory(key(directory));
    nameChanged(key(directory));
  }

  @Override
  public void delete(Path path) throws IOException {
    node(path);
    nodes.remove(key(path));
    nameChanged(key(path));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    if (nodes.putIfAbsent(key(link), node(existing)) != null) {
      throw new FileAlreadyExistsException(link.toString());
    }
    nameChanged(key(link));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Node node = node(source);
    nodes.remove(key(source));
    nodes.put(key(target), node);
    nameChanged(key(source));
    nameChanged(key(target));
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return node(path) == node(other);
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public FileStore getFileStore(Path path) {
    return new Store();
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    node(path);
  }

  @Override
  public @Nullable <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return type == PosixFileAttributeView.class ? type.cast(new View(path)) : null;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return type.cast(new Attributes(node(path)));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    Node node = node(path);
    Map<String, Object> values = Map.of(
        "fileKey",
        node.id,
        "lastModifiedTime",
        FileTime.fromMillis(node.changes),
        "uid",
        USER,
        "gid",
        USER,
        "nlink",
        1,
        "dev",
        1L,
        "ino",
        node.id,
        "mode",
        node.mode(),
        "rdev",
        node.device);
    Map<String, Object> asked = new HashMap<>(values);
    asked.keySet().retainAll(Set.of(names.replace("unix:", "").split(",", -1)));
    return asked;
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  private static final class Store extends FileStore {
    @Override
    public String name() {
      return "memory";
    }

    @Override
    public String type() {
      return "tmpfs";
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public long getTotalSpace() {
      return SPACE;
    }

    @Override
    public long getUsableSpace() {
      return SPACE;
    }

    @Override
    public long getUnallocatedSpace() {
      return SPACE;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
      return type == PosixFileAttributeView.class;
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
      return name.equals("posix");
    }

    @Override
    public @Nullable <V extends java.nio.file.attribute.FileStoreAttributeView>
        V getFileStoreAttributeView(Class<V> type) {
      return null;
    }

    @Override
    public Object getAttribute(String attribute) {
      throw new UnsupportedOperationException();
    }
  }

  private record Attributes(Node node) implements PosixFileAttributes {
    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(node.changes);
    }

    @Override
    public FileTime lastAccessTime() {
      return lastModifiedTime();
    }

    @Override
    public FileTime creationTime() {
      return lastModifiedTime();
    }

    @Override
    public boolean isRegularFile() {
      return !node.isDirectory;
    }

    @Override
    public boolean isDirectory() {
      return node.isDirectory;
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return false;
    }

    @Override
    public long size() {
      return node.content.size();
    }

    @Override
    public Object fileKey() {
      return node.id;
    }

    @Override
    public UserPrincipal owner() {
      throw new UnsupportedOperationException();
    }

    @Override
    public GroupPrincipal group() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<PosixFilePermission> permissions() {
      return new HashSet<>(
          PosixFilePermissions.fromString(node.isDirectory ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  private final class View implements PosixFileAttributeView {
    private final Path path;

    View(Path path) {
      this.path = path;
    }

    @Override
    public String name() {
      return "posix";
    }

    @Override
    public PosixFileAttributes readAttributes() throws IOException {
      return new Attributes(node(path));
    }

    @Override
    public void setTimes(
        @Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created) {
      throw new UnsupportedOperationException();
    }

    @Override
    public UserPrincipal getOwner() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setOwner(UserPrincipal owner) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
      node(path);
    }

    @Override
    public void setGroup(GroupPrincipal group) {
      throw new UnsupportedOperationException();
    }
  }
}

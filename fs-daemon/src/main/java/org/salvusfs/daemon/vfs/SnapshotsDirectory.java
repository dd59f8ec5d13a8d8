package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * The {@code .snapshots} of all directories of one project: virtual and read-only, each with one
 * subdirectory for every snapshot in which its directory exists, and a file {@code NOTICE} while
 * there is something to be said. The nodes are those that {@link Nodes#snapshotsOf} makes of the
 * directories' inodes. Where their names lead is {@link Crossings}'s matter.
 */
final class SnapshotsDirectory extends ReadOnlyFileSystem {
  private static final int MODE = InodeItem.S_IFDIR | 0555;
  private static final int NOTICE_MODE = InodeItem.S_IFREG | 0444;
  private static final int TYPE_FILE = InodeItem.S_IFREG >> 12;
  private static final int TYPE_DIRECTORY = InodeItem.S_IFDIR >> 12;
  private static final byte[][] DOTS = {{'.'}, {'.', '.'}};

  /** An opened one, and the names that it lists. */
  private record Stream(long node, List<byte[]> names) {}

  private final ProjectFileSystem project;
  private final SnapshotSource source;
  private final Calls calls;
  private final LookupCounts lookups;
  private final ConcurrentHashMap<Long, Stream> streams = new ConcurrentHashMap<>();
  private final AtomicLong lastHandle = new AtomicLong();

  /**
   * @param known what the kernel uses of them
   */
  SnapshotsDirectory(ProjectFileSystem project, ProjectState known) {
    this.project = project;
    this.source = project.snapshots();
    this.calls = new Calls(project.errnos());
    this.lookups = LookupCounts.of(known.lookups());
    this.lastHandle.set(known.lastHandle());
    for (ProjectState.OpenDirectory open : known.directories()) {
      streams.put(open.handle(), new Stream(open.inode(), open.names()));
    }
  }

  /** What the kernel uses of them; while there is no operation. */
  ProjectState state() {
    return new ProjectState(
        project.id(),
        lookups.pairs(),
        lastHandle.get(),
        streams.entrySet().stream()
            .map(
                each ->
                    new ProjectState.OpenDirectory(
                        each.getKey(), each.getValue().node(), each.getValue().names()))
            .toList());
  }

  /** Those that the kernel knows, by node. */
  List<Long> inUse() {
    return lookups.inodes();
  }

  /** The snapshot of that name; ENOENT if there is none. */
  Snapshot find(byte[] name) throws FsException {
    Names.checkLength(name);
    return calls.call("finding a snapshot", Keys.ROOT_INODE, () -> existing(name));
  }

  private Snapshot existing(byte[] name) throws IOException, FsException {
    try {
      Snapshot found = source.find(UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString());
      if (found != null) {
        return found;
      }
    } catch (CharacterCodingException e) {
      throw new FsException(Errno.ENOENT, "the name of a snapshot is UTF-8");
    }
    throw new FsException(Errno.ENOENT);
  }

  /** That of a directory, counted as a lookup. */
  Attr lookedUp(long directory) throws FsException {
    long node = Nodes.snapshotsOf(directory);
    Attr attr = getattr(node);
    lookups.add(node, 1);
    return attr;
  }

  /** Whether a name is that of the notice now. */
  boolean hasNotice(byte[] name) throws FsException {
    return Names.isNotice(name)
        && source.notice().isPresent()
        && calls.call(
            "finding a snapshot", Keys.ROOT_INODE, () -> source.find(Names.NOTICE) == null);
  }

  /** The notice in that of a directory, counted as a lookup. */
  Attr lookedUpNotice(long directory) throws FsException {
    long node = Nodes.noticeIn(Nodes.snapshotsOf(directory));
    Attr attr = getattr(node);
    lookups.add(node, 1);
    return attr;
  }

  /** What a notice says; ESTALE if there is nothing to be said any more. */
  private byte[] notice() throws FsException {
    return source
        .notice()
        .orElseThrow(() -> new FsException(Errno.ESTALE))
        .concat("\n")
        .getBytes(UTF_8);
  }

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    if (!Names.isDot(name)) {
      throw new FsException(Errno.ENOENT);
    }
    return lookedUp(Nodes.directoryOf(parent));
  }

  @Override
  public void forget(long node, long count) {
    lookups.subtract(node, count);
  }

  /** It belongs to whom its directory belongs to, and is as old. */
  @Override
  public Attr getattr(long node) throws FsException {
    long inode = Nodes.directoryOf(node);
    InodeItem directory = project.getattr(inode).item();
    if (!directory.isDirectory()) {
      throw new FsException(Errno.ENOTDIR);
    }
    long born = directory.btimeNanos();
    if (Nodes.isNotice(node)) {
      long size = notice().length;
      var file =
          new InodeItem(
              NOTICE_MODE,
              directory.uid(),
              directory.gid(),
              1,
              size,
              size,
              born,
              born,
              born,
              born,
              0,
              inode);
      return new Attr(node, project.ino(node), file);
    }
    // One link: the number of subdirectories is not said.
    var item =
        new InodeItem(
            MODE, directory.uid(), directory.gid(), 1, 0, 0, born, born, born, born, 0, inode);
    return new Attr(node, project.ino(node), item);
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    throw new FsException(Errno.EINVAL);
  }

  @Override
  public long open(Caller caller, long node, int flags) throws FsException {
    requireNotice(node);
    return 0;
  }

  private static void requireNotice(long node) throws FsException {
    if (!Nodes.isNotice(node)) {
      throw new FsException(Errno.EISDIR);
    }
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into, int flags)
      throws FsException {
    requireNotice(node);
    byte[] text = notice();
    int from = (int) Math.min(offset, text.length);
    int length = Math.min(into.remaining(), text.length - from);
    into.put(text, from, length);
    return length;
  }

  /** It has no holes. */
  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    requireNotice(node);
    int size = notice().length;
    if (offset < 0 || offset >= size) {
      throw new FsException(Errno.ENXIO);
    }
    return whence == Linux.SEEK_DATA ? offset : size;
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    List<byte[]> names = names(node);
    long handle = lastHandle.incrementAndGet();
    streams.put(handle, new Stream(node, names));
    return handle;
  }

  private List<byte[]> names(long node) throws FsException {
    return calls.call("listing snapshots", Nodes.directoryOf(node), () -> namesIn(node));
  }

  private List<byte[]> namesIn(long node) throws IOException {
    long directory = Nodes.directoryOf(node);
    var names = new ArrayList<byte[]>();
    for (Snapshot each : source.list()) {
      if (directory == Keys.ROOT_INODE || source.view(each).get(Keys.inode(directory)) != null) {
        names.add(each.name().getBytes(UTF_8));
      }
    }
    if (source.notice().isPresent() && source.find(Names.NOTICE) == null) {
      names.add(Names.NOTICE.getBytes(UTF_8));
    }
    return names;
  }

  /** Offers no attributes, as these would open every snapshot. */
  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    Stream stream = streams.get(handle);
    if (stream == null) {
      throw new FsException(Errno.EBADF);
    }
    if (cookie == 0) {
      stream = new Stream(node, names(node));
      streams.put(handle, stream);
    }
    List<byte[]> names = stream.names();
    if (cookie < 0 || cookie > names.size() + DOTS.length) {
      throw new FsException(Errno.EINVAL);
    }
    long directory = Nodes.directoryOf(node);
    Map<String, Long> inos = inos(directory);
    boolean goesOn = true;
    for (long at = cookie; goesOn && at < names.size() + DOTS.length; at++) {
      if (at < DOTS.length) {
        long ino = project.ino(at == 0 ? node : directory);
        goesOn = sink.offer(DOTS[(int) at], ino, TYPE_DIRECTORY, at + 1, null);
      } else {
        byte[] name = names.get((int) at - DOTS.length);
        Long ino = inos.get(new String(name, UTF_8));
        if (ino == null && Names.isNotice(name)) {
          goesOn = sink.offer(name, project.ino(Nodes.noticeIn(node)), TYPE_FILE, at + 1, null);
        } else {
          goesOn = ino == null || sink.offer(name, ino, TYPE_DIRECTORY, at + 1, null);
        }
      }
    }
  }

  /** What users see as the inode numbers of a directory, by snapshot. */
  private Map<String, Long> inos(long directory) throws FsException {
    return calls.call(
        "listing snapshots",
        directory,
        () -> {
          var inos = new HashMap<String, Long>();
          for (Snapshot each : source.list()) {
            long base = Nodes.inoBase(project.id(), each.created().toEpochMilli());
            inos.put(each.name(), base + directory);
          }
          return inos;
        });
  }

  @Override
  public void releasedir(long node, long handle) {
    streams.remove(handle);
  }

  @Override
  public StatFs statfs(long node) {
    return project.statfs(Keys.ROOT_INODE);
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    throw new FsException(Errno.ENODATA);
  }

  @Override
  public byte[] listxattr(long node) {
    return new byte[0];
  }
}

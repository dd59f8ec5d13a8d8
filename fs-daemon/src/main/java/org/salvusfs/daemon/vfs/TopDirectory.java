package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * A mount's top directory: it lists the names of all projects, and looking one up, by name or id,
 * opens it. Nothing can be made or changed here. It holds no inode but itself and no file; what it
 * does not have is refused by {@link MountFileSystem}.
 */
final class TopDirectory {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final int BLOCK_BYTES = 4096;
  private static final int TYPE_DIRECTORY = InodeItem.S_IFDIR >> 12;

  private final ProjectStore projects;
  private final MountedTrees mounted;
  private final LongSupplier freeBytes;
  private final Errnos errnos;
  private volatile InodeItem item;

  /** The projects as each open handle lists them. */
  private final ConcurrentHashMap<Long, List<MountState.Listed>> streams =
      new ConcurrentHashMap<>();

  private final AtomicLong lastHandle = new AtomicLong();

  TopDirectory(
      ProjectStore projects,
      MountedTrees mounted,
      LongSupplier freeBytes,
      Errnos errnos,
      long now) {
    this.projects = projects;
    this.mounted = mounted;
    this.freeBytes = freeBytes;
    this.errnos = errnos;
    this.item = item(now);
  }

  private static InodeItem item(long now) {
    // One link: the number of subdirectories is not said.
    return new InodeItem(
        InodeItem.S_IFDIR | 0555, 0, 0, 1, 0, 0, now, now, now, now, 0, FileSystem.ROOT);
  }

  /** What the kernel knows of this directory; while there is no operation. */
  MountState.Top state() {
    return new MountState.Top(item.mtimeNanos(), lastHandle.get(), Map.copyOf(streams));
  }

  /** Becomes what {@link #state} said, before the first operation. */
  void restore(MountState.Top known) {
    item = item(known.timeNanos());
    lastHandle.set(known.lastHandle());
    streams.putAll(known.open());
  }

  /** A project by its id; null if there is none, or it is in the trash. */
  @Nullable Project find(ProjectId id) throws IOException {
    Project found = projects.find(id);
    return found != null && found.isLive() ? found : null;
  }

  Attr attr() {
    return new Attr(FileSystem.ROOT, FileSystem.ROOT, item);
  }

  /** The top directory of a project, with its node in this mount. */
  Attr lookup(byte[] name) throws FsException {
    Names.checkLength(name);
    if (Names.isDot(name) || Names.isDotDot(name)) {
      return attr();
    }
    Project project;
    try {
      project = find(name);
    } catch (IOException e) {
      throw errnos.of("looking up project " + new String(name, UTF_8), e);
    }
    if (project == null) {
      throw new FsException(Errno.ENOENT);
    }
    try {
      MountedTree.Live opened = mounted.open(project);
      return Nodes.attr(opened.ordinal(), opened.fileSystem().getattr(Keys.ROOT_INODE));
    } catch (IOException e) {
      throw errnos.of("opening project " + project.name() + " (" + project.id() + ")", e);
    } catch (InterruptedException e) {
      // The request was interrupted, not the thread: the answer ends it.
      throw new FsException(Errno.EINTR);
    }
  }

  private @Nullable Project find(byte[] name) throws IOException {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
    if (ID.matcher(text).matches()) {
      return find(ProjectId.parse(text));
    }
    Project found = projects.find(text);
    return found != null && found.isLive() ? found : null;
  }

  private List<MountState.Listed> list() throws FsException {
    try {
      return projects.list().stream()
          .filter(Project::isLive)
          .map(project -> new MountState.Listed(project.id(), project.name()))
          .toList();
    } catch (IOException e) {
      throw errnos.of("listing the projects", e);
    }
  }

  long opendir() throws FsException {
    long handle = lastHandle.incrementAndGet();
    streams.put(handle, list());
    return handle;
  }

  /** Offers no attributes, as these would open every project. */
  void readdir(long handle, long cookie, DirSink sink) throws FsException {
    List<MountState.Listed> listed = streams.get(handle);
    if (listed == null) {
      throw new FsException(Errno.EBADF);
    }
    if (cookie == 0) {
      listed = list();
      streams.put(handle, listed);
    }
    if (cookie < 0 || cookie > listed.size() + 2L) {
      throw new FsException(Errno.EINVAL);
    }
    boolean goesOn = true;
    for (long at = cookie; goesOn && at < listed.size() + 2L; at++) {
      if (at < 2) {
        byte[] dots = at == 0 ? new byte[] {'.'} : new byte[] {'.', '.'};
        goesOn = sink.offer(dots, FileSystem.ROOT, TYPE_DIRECTORY, at + 1, null);
      } else {
        MountState.Listed project = listed.get((int) at - 2);
        long ino = Nodes.inoBase(project.id()) | Keys.ROOT_INODE;
        byte[] name = project.name().getBytes(UTF_8);
        goesOn = sink.offer(name, ino, TYPE_DIRECTORY, at + 1, null);
      }
    }
  }

  void releasedir(long handle) {
    streams.remove(handle);
  }

  StatFs statfs() {
    long blocks = freeBytes.getAsLong() / BLOCK_BYTES;
    return new StatFs(blocks, blocks, blocks, 0, 0, BLOCK_BYTES, Names.BYTES_MAX);
  }
}

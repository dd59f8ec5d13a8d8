package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.metadata.item.InodeItem;

/**
 * Plays the kernel without any cache: walks paths by lookups, holds a lookup for each descriptor,
 * and forgets everything else at once. Checks nothing that the filesystem can check. Thread-safe.
 */
final class VfsPosix implements Posix {
  private static final int SYMLINKS_MAX = 40;

  private record Descriptor(long node, long handle, int flags) {}

  private interface Use<T> {
    T run(long node) throws FsException;
  }

  private final FileSystem fs;
  private final Caller caller;
  private final boolean plus;
  private final Map<Integer, Descriptor> descriptors = new ConcurrentHashMap<>();
  private final AtomicInteger lastFd = new AtomicInteger();

  /**
   * @param plus whether directories are listed with attributes
   */
  VfsPosix(FileSystem fs, Caller caller, boolean plus) {
    this.fs = fs;
    this.caller = caller;
    this.plus = plus;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static byte[] name(String path) {
    return bytes(path.substring(path.lastIndexOf('/') + 1));
  }

  /** Walks to a path and forgets all lookups at the end. */
  private <T> T at(String path, boolean followLast, Use<T> use) throws FsException {
    List<Long> lookedUp = new ArrayList<>();
    try {
      return use.run(walk(FileSystem.ROOT, path, followLast, lookedUp, 0));
    } finally {
      lookedUp.forEach(node -> fs.forget(node, 1));
    }
  }

  private long walk(long from, String path, boolean followLast, List<Long> lookedUp, int depth)
      throws FsException {
    long at = from;
    if (path.isEmpty()) {
      return at;
    }
    String[] names = path.split("/", -1);
    for (int i = 0; i < names.length; i++) {
      Attr found = fs.lookup(caller, at, bytes(names[i]));
      lookedUp.add(found.node());
      boolean last = i == names.length - 1;
      if (found.item().isSymlink() && (!last || followLast)) {
        if (depth == SYMLINKS_MAX) {
          throw new FsException(Errno.ELOOP);
        }
        String target = new String(fs.readlink(found.node()), ISO_8859_1);
        at = walk(at, target, true, lookedUp, depth + 1);
      } else {
        at = found.node();
      }
    }
    return at;
  }

  private <T> T inParent(String path, Use<T> use) throws FsException {
    return at(
        parent(path),
        true,
        node -> {
          if (!fs.getattr(node).item().isDirectory()) {
            throw new FsException(Errno.ENOTDIR);
          }
          return use.run(node);
        });
  }

  /** The kernel knows what it is about to remove. */
  private void removing(String path, Use<Boolean> use) throws FsException {
    inParent(
        path,
        parent -> {
          Attr victim = fs.lookup(caller, parent, name(path));
          try {
            return use.run(parent);
          } finally {
            fs.forget(victim.node(), 1);
          }
        });
  }

  private Attr made(Attr attr) {
    fs.forget(attr.node(), 1);
    return attr;
  }

  private Descriptor descriptor(int fd) throws FsException {
    Descriptor descriptor = descriptors.get(fd);
    if (descriptor == null) {
      throw new FsException(Errno.EBADF);
    }
    return descriptor;
  }

  private static Stat stat(Attr attr) {
    InodeItem item = attr.item();
    return new Stat(
        attr.ino(),
        item.mode(),
        item.nlink(),
        item.uid(),
        item.gid(),
        item.sizeBytes(),
        item.rdev(),
        item.atimeNanos(),
        item.mtimeNanos(),
        item.ctimeNanos());
  }

  @Override
  public Stat stat(String path) throws FsException {
    return at(path, false, node -> stat(fs.getattr(node)));
  }

  @Override
  public Stat stat(int fd) throws FsException {
    return stat(fs.getattr(descriptor(fd).node()));
  }

  @Override
  public void mkdir(String path, int mode) throws FsException {
    inParent(path, parent -> made(fs.mkdir(caller, parent, name(path), mode)));
  }

  @Override
  public void mknod(String path, int mode, int rdev) throws FsException {
    inParent(path, parent -> made(fs.mknod(caller, parent, name(path), mode, rdev)));
  }

  @Override
  public void symlink(String target, String path) throws FsException {
    inParent(path, parent -> made(fs.symlink(caller, parent, name(path), bytes(target))));
  }

  @Override
  public String readlink(String path) throws FsException {
    return at(path, false, node -> new String(fs.readlink(node), ISO_8859_1));
  }

  @Override
  public void link(String from, String to) throws FsException {
    at(from, false, node -> inParent(to, parent -> made(fs.link(caller, node, parent, name(to)))));
  }

  @Override
  public void unlink(String path) throws FsException {
    removing(
        path,
        parent -> {
          fs.unlink(caller, parent, name(path));
          return true;
        });
  }

  @Override
  public void rmdir(String path) throws FsException {
    removing(
        path,
        parent -> {
          fs.rmdir(caller, parent, name(path));
          return true;
        });
  }

  @Override
  public void rename(String from, String to, int flags) throws FsException {
    inParent(
        from,
        parent ->
            inParent(
                to,
                newParent -> {
                  fs.rename(caller, parent, name(from), newParent, name(to), flags);
                  return true;
                }));
  }

  private void set(String path, SetAttr change) throws FsException {
    at(path, false, node -> fs.setattr(caller, node, change));
  }

  @Override
  public void chmod(String path, int mode) throws FsException {
    set(path, new SetAttr(mode, null, null, null, null, null, null, false));
  }

  @Override
  public void chown(String path, int uid, int gid) throws FsException {
    set(path, new SetAttr(null, uid, gid, null, null, null, null, false));
  }

  @Override
  public void utimens(String path, long atimeNanos, long mtimeNanos) throws FsException {
    set(path, new SetAttr(null, null, null, null, atimeNanos, mtimeNanos, null, false));
  }

  @Override
  public int open(String path, int flags, int mode) throws FsException {
    int fd = lastFd.incrementAndGet();
    if ((flags & O_CREAT) != 0) {
      Opened opened = inParent(path, parent -> fs.create(caller, parent, name(path), mode, flags));
      descriptors.put(fd, new Descriptor(opened.attr().node(), opened.handle(), flags));
      return fd;
    }
    return inParent(
        path,
        parent -> {
          long node = fs.lookup(caller, parent, name(path)).node();
          @Nullable Descriptor descriptor = null;
          try {
            descriptor = new Descriptor(node, fs.open(caller, node, flags), flags);
          } finally {
            if (descriptor == null) {
              fs.forget(node, 1);
            }
          }
          descriptors.put(fd, descriptor);
          return fd;
        });
  }

  @Override
  public void close(int fd) {
    Descriptor descriptor = descriptors.remove(fd);
    if (descriptor != null) {
      fs.release(descriptor.node(), descriptor.handle());
      fs.forget(descriptor.node(), 1);
    }
  }

  @Override
  public byte[] read(int fd, long offset, int length) throws FsException {
    Descriptor descriptor = descriptor(fd);
    var into = ByteBuffer.allocate(length);
    int count = fs.read(descriptor.node(), descriptor.handle(), offset, into, 0);
    byte[] read = new byte[count];
    into.flip().get(read);
    return read;
  }

  @Override
  public int write(int fd, long offset, byte[] bytes) throws FsException {
    Descriptor descriptor = descriptor(fd);
    return fs.write(
        caller,
        descriptor.node(),
        descriptor.handle(),
        offset,
        ByteBuffer.wrap(bytes),
        descriptor.flags(),
        caller.uid() != 0);
  }

  @Override
  public void truncate(int fd, long size) throws FsException {
    fs.setattr(
        caller,
        descriptor(fd).node(),
        new SetAttr(null, null, null, size, null, null, null, caller.uid() != 0));
  }

  @Override
  public void fallocate(int fd, int mode, long offset, long length) throws FsException {
    Descriptor descriptor = descriptor(fd);
    fs.fallocate(caller, descriptor.node(), descriptor.handle(), mode, offset, length);
  }

  @Override
  public long seek(int fd, long offset, int whence) throws FsException {
    Descriptor descriptor = descriptor(fd);
    return fs.lseek(descriptor.node(), descriptor.handle(), offset, whence);
  }

  @Override
  public long copyRange(int from, long fromOffset, int to, long toOffset, long length)
      throws FsException {
    return fs.copyFileRange(
        caller, descriptor(from).node(), fromOffset, descriptor(to).node(), toOffset, length);
  }

  @Override
  public void fsync(int fd) throws FsException {
    fs.fsync(descriptor(fd).node(), false);
  }

  @Override
  public void setxattr(String path, String name, byte[] value, int flags) throws FsException {
    at(
        path,
        false,
        node -> {
          fs.setxattr(caller, node, bytes(name), value, flags);
          return true;
        });
  }

  @Override
  public byte[] getxattr(String path, String name) throws FsException {
    return at(path, false, node -> fs.getxattr(node, bytes(name)));
  }

  @Override
  public byte[] listxattr(String path) throws FsException {
    return at(path, false, fs::listxattr);
  }

  @Override
  public void removexattr(String path, String name) throws FsException {
    at(
        path,
        false,
        node -> {
          fs.removexattr(caller, node, bytes(name));
          return true;
        });
  }

  @Override
  public SortedMap<String, Integer> list(String path) throws FsException {
    return at(path, true, this::list);
  }

  private SortedMap<String, Integer> list(long directory) throws FsException {
    var entries = new TreeMap<String, Integer>();
    long handle = fs.opendir(caller, directory);
    try {
      long[] cookie = {0};
      int before;
      do {
        before = entries.size();
        int[] left = {7};
        List<Long> offered = new ArrayList<>();
        fs.readdir(
            directory,
            handle,
            cookie[0],
            plus,
            (name, ino, type, next, attr) -> {
              if (left[0]-- == 0) {
                return false;
              }
              if (entries.put(new String(name, ISO_8859_1), type) != null) {
                throw new AssertionError("listed twice: " + new String(name, ISO_8859_1));
              }
              cookie[0] = next;
              if (attr != null) {
                offered.add(attr.node());
              }
              return true;
            });
        offered.forEach(node -> fs.forget(node, 1));
      } while (entries.size() > before);
    } finally {
      fs.releasedir(directory, handle);
    }
    return entries;
  }
}

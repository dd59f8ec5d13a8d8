package org.salvusfs.daemon.fs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.item.InodeItem;

/**
 * The {@link FileSystem} in memory, as plainly as it can be written: the reference for the kernel
 * binding and for contract tests. Tests override methods to fail or to wait.
 */
public class MemoryFileSystem implements FileSystem {
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;
  private static final int O_EXCL = 0200;
  private static final int O_TRUNC = 01000;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int ZERO_RANGE = 16;
  private static final long ALLOCATED_BYTES_MAX = 64 << 20;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int NAME_BYTES_MAX = 255;

  private final LongSupplier clockNanos;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<Long, MemoryInode> inodes = new ConcurrentHashMap<>();
  private final AtomicLong nextNumber = new AtomicLong(FileSystem.ROOT + 1);
  private final AtomicInteger destroyed = new AtomicInteger();

  /**
   * @param clockNanos nanoseconds since 1970
   */
  public MemoryFileSystem(LongSupplier clockNanos) {
    this.clockNanos = clockNanos;
    var root = new MemoryInode(ROOT, InodeItem.S_IFDIR | 0755, 0, 0, clockNanos.getAsLong());
    root.nlink = 2;
    inodes.put(ROOT, root);
  }

  /** How many inodes there are, the root and unlinked ones that are still known included. */
  public int inodeCount() {
    return inodes.size();
  }

  /** How often {@link #destroy} was called. */
  public int destroyedCount() {
    return destroyed.get();
  }

  /** Lookups that the kernel holds, of all nodes but the root. */
  public long lookupCount() {
    return reading(
        () ->
            inodes.values().stream()
                .filter(inode -> inode.number != ROOT)
                .mapToLong(inode -> inode.lookups)
                .sum());
  }

  /** Handles that are open. */
  public int openCount() {
    return reading(() -> inodes.values().stream().mapToInt(inode -> inode.opened).sum());
  }

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    return changing(() -> granted(child(directory(parent), name(name))));
  }

  @Override
  public void forget(long node, long lookups) {
    lock.writeLock().lock();
    try {
      MemoryInode inode = inodes.get(node);
      if (inode == null) {
        throw new IllegalStateException("forget of unknown node " + node);
      }
      inode.lookups -= lookups;
      if (inode.lookups < 0 && node != ROOT) {
        throw new IllegalStateException("node " + node + " forgotten too often");
      }
      reclaim(inode);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public Attr getattr(long node) throws FsException {
    return reading(() -> inode(node).attr());
  }

  @Override
  public Attr setattr(Caller caller, long node, SetAttr change) throws FsException {
    return changing(
        () -> {
          MemoryInode inode = inode(node);
          long now = clockNanos.getAsLong();
          if (change.killSuidgid()) {
            inode.killSuidgid();
          }
          int permissions = or(change.mode(), inode.mode) & 07777;
          inode.mode = permissions | (inode.mode & InodeItem.S_IFMT);
          inode.uid = or(change.uid(), inode.uid);
          inode.gid = or(change.gid(), inode.gid);
          Long size = change.sizeBytes();
          if (size != null) {
            inode.content.truncate(size);
            inode.mtime = now;
          }
          inode.atime = or(change.atimeNanos(), inode.atime);
          inode.mtime = or(change.mtimeNanos(), inode.mtime);
          inode.ctime = or(change.ctimeNanos(), now);
          return inode.attr();
        });
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    return reading(() -> inode(node).target);
  }

  @Override
  public Attr mknod(Caller caller, long parent, byte[] name, int mode, int rdev)
      throws FsException {
    return changing(
        () -> {
          MemoryInode made = make(caller, parent, name, mode);
          made.rdev = rdev;
          return granted(made);
        });
  }

  @Override
  public Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException {
    return changing(
        () -> {
          MemoryInode made = make(caller, parent, name, InodeItem.S_IFDIR | (mode & 07777));
          made.nlink = 2;
          made.parent = inode(parent);
          made.parent.nlink++;
          return granted(made);
        });
  }

  @Override
  public Attr symlink(Caller caller, long parent, byte[] name, byte[] target) throws FsException {
    return changing(
        () -> {
          MemoryInode made = make(caller, parent, name, InodeItem.S_IFLNK | 0777);
          made.target = target.clone();
          return granted(made);
        });
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name) throws FsException {
    changing(
        () -> {
          MemoryInode directory = directory(parent);
          MemoryInode child = child(directory, name(name));
          if (child.isDirectory()) {
            throw new FsException(Errno.EISDIR);
          }
          drop(directory, name(name), child);
          return child;
        });
  }

  @Override
  public void rmdir(Caller caller, long parent, byte[] name) throws FsException {
    changing(
        () -> {
          MemoryInode directory = directory(parent);
          MemoryInode child = child(directory, name(name));
          requireEmptyDirectory(child);
          drop(directory, name(name), child);
          return child;
        });
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FsException {
    if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) != 0) {
      throw new FsException(Errno.EINVAL);
    }
    changing(
        () -> {
          MemoryInode from = directory(parent);
          MemoryInode to = directory(newParent);
          MemoryInode moved = child(from, name(name));
          MemoryInode.Entry target = to.entries().get(name(newName));
          if (flags == RENAME_EXCHANGE) {
            MemoryInode other = child(to, name(newName));
            place(to, name(newName), moved, from);
            place(from, name(name), other, to);
            return moved;
          }
          if (target != null) {
            if (flags == RENAME_NOREPLACE) {
              throw new FsException(Errno.EEXIST);
            }
            if (target.child() == moved) {
              return moved;
            }
            if (moved.isDirectory()) {
              requireEmptyDirectory(target.child());
            } else if (target.child().isDirectory()) {
              throw new FsException(Errno.EISDIR);
            }
            drop(to, name(newName), target.child());
          }
          from.remove(name(name));
          place(to, name(newName), moved, from);
          return moved;
        });
  }

  @Override
  public Attr link(Caller caller, long node, long newParent, byte[] newName) throws FsException {
    return changing(
        () -> {
          MemoryInode inode = inode(node);
          MemoryInode directory = directory(newParent);
          requireFree(directory, name(newName));
          if (inode.isDirectory()) {
            throw new FsException(Errno.EPERM);
          }
          directory.put(name(newName), inode);
          inode.nlink++;
          touch(inode, false);
          touch(directory, true);
          return granted(inode);
        });
  }

  @Override
  public Opened create(Caller caller, long parent, byte[] name, int mode, int flags)
      throws FsException {
    return changing(
        () -> {
          MemoryInode.Entry existing = directory(parent).entries().get(name(name));
          if (existing != null && (flags & O_EXCL) != 0) {
            throw new FsException(Errno.EEXIST);
          }
          MemoryInode inode =
              existing != null
                  ? existing.child()
                  : make(caller, parent, name, InodeItem.S_IFREG | (mode & 07777));
          long handle = opened(inode, flags);
          return new Opened(granted(inode), handle);
        });
  }

  @Override
  public Opened tmpfile(Caller caller, long parent, int mode, int flags) throws FsException {
    return changing(
        () -> {
          MemoryInode inode = born(caller, directory(parent), InodeItem.S_IFREG | (mode & 07777));
          long handle = opened(inode, flags);
          return new Opened(granted(inode), handle);
        });
  }

  @Override
  public long open(Caller caller, long node, int flags) throws FsException {
    return changing(() -> opened(inode(node), flags));
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into, int flags)
      throws FsException {
    return reading(() -> inode(node).content.read(offset, into));
  }

  @Override
  public int write(
      Caller caller,
      long node,
      long handle,
      long offset,
      ByteBuffer from,
      int flags,
      boolean killSuidgid)
      throws FsException {
    return changing(
        () -> {
          MemoryInode inode = inode(node);
          int count = from.remaining();
          inode.content.write(offset, from);
          if (killSuidgid) {
            inode.killSuidgid();
          }
          touch(inode, true);
          return count;
        });
  }

  @Override
  public void release(long node, long handle) {
    lock.writeLock().lock();
    try {
      MemoryInode inode = inodes.get(node);
      if (inode == null || inode.opened == 0) {
        throw new IllegalStateException("release of node " + node + ", which is not open");
      }
      inode.opened--;
      reclaim(inode);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void fsync(long node, boolean dataOnly) throws FsException {
    reading(() -> inode(node));
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    return changing(() -> opened(directory(node), 0));
  }

  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    changing(
        () -> {
          MemoryInode directory = directory(node);
          if (cookie < 1 && !sink.offer(bytes("."), directory.number, 4, 1, null)) {
            return directory;
          }
          if (cookie < 2 && !sink.offer(bytes(".."), directory.parent.number, 4, 2, null)) {
            return directory;
          }
          for (MemoryInode.Entry entry : directory.entriesAfter(Math.max(cookie, 2))) {
            MemoryInode child = entry.child();
            int type = (child.mode & InodeItem.S_IFMT) >>> 12;
            Attr attr = plus ? child.attr() : null;
            if (!sink.offer(bytes(entry.name()), child.number, type, entry.cookie(), attr)) {
              return directory;
            }
            if (plus) {
              child.lookups++;
            }
          }
          return directory;
        });
  }

  @Override
  public void releasedir(long node, long handle) {
    release(node, handle);
  }

  @Override
  public void fsyncdir(long node) throws FsException {
    reading(() -> directory(node));
  }

  @Override
  public StatFs statfs(long node) throws FsException {
    long blocks = 1L << 24;
    return new StatFs(
        blocks, blocks / 2, blocks / 2, 1 << 20, (1 << 20) - inodes.size(), 4096, NAME_BYTES_MAX);
  }

  @Override
  public void setxattr(Caller caller, long node, byte[] name, byte[] value, int flags)
      throws FsException {
    changing(
        () -> {
          MemoryInode inode = inode(node);
          boolean exists = inode.xattrs.containsKey(text(name));
          if (flags == 1 && exists) {
            throw new FsException(Errno.EEXIST);
          }
          if (flags == 2 && !exists) {
            throw new FsException(Errno.ENODATA);
          }
          touch(inode, false);
          return inode.xattrs.put(text(name), value) == null;
        });
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    return reading(
        () -> {
          byte[] value = inode(node).xattrs.get(text(name));
          if (value == null) {
            throw new FsException(Errno.ENODATA);
          }
          return value;
        });
  }

  @Override
  public byte[] listxattr(long node) throws FsException {
    return reading(
        () -> {
          var list = new ByteArrayOutputStream();
          for (String name : inode(node).xattrs.keySet()) {
            list.writeBytes(bytes(name));
            list.write(0);
          }
          return list.toByteArray();
        });
  }

  @Override
  public void removexattr(Caller caller, long node, byte[] name) throws FsException {
    changing(
        () -> {
          MemoryInode inode = inode(node);
          if (inode.xattrs.remove(text(name)) == null) {
            throw new FsException(Errno.ENODATA);
          }
          touch(inode, false);
          return inode;
        });
  }

  @Override
  public void fallocate(Caller caller, long node, long handle, int mode, long offset, long length)
      throws FsException {
    if ((mode & ~(KEEP_SIZE | PUNCH_HOLE | ZERO_RANGE)) != 0) {
      throw new FsException(Errno.EOPNOTSUPP);
    }
    if ((mode & PUNCH_HOLE) == 0 && length > ALLOCATED_BYTES_MAX) {
      throw new FsException(Errno.ENOSPC);
    }
    changing(
        () -> {
          MemoryInode inode = inode(node);
          if ((mode & (PUNCH_HOLE | ZERO_RANGE)) != 0) {
            inode.content.punch(offset, length);
          }
          if ((mode & KEEP_SIZE) == 0 && offset + length > inode.content.size()) {
            inode.content.truncate(offset + length);
          }
          if ((mode & PUNCH_HOLE) == 0) {
            long end = Math.min(offset + length, inode.content.size());
            inode.content.allocate(offset, end - offset);
          }
          touch(inode, true);
          return inode;
        });
  }

  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    return reading(
        () -> {
          MemoryContent content = inode(node).content;
          long found =
              switch (whence) {
                case SEEK_DATA -> content.nextData(offset);
                case SEEK_HOLE -> content.nextHole(offset);
                default -> throw new FsException(Errno.EINVAL);
              };
          if (offset >= content.size() || found < 0) {
            throw new FsException(Errno.ENXIO);
          }
          return found;
        });
  }

  @Override
  public long copyFileRange(
      Caller caller, long fromNode, long fromOffset, long toNode, long toOffset, long length)
      throws FsException {
    return changing(
        () -> {
          MemoryInode from = inode(fromNode);
          MemoryInode to = inode(toNode);
          long rest = Math.clamp(from.content.size() - fromOffset, 0L, length);
          var bytes = ByteBuffer.allocate((int) Math.min(rest, 1 << 24));
          from.content.read(fromOffset, bytes);
          bytes.flip();
          long count = bytes.remaining();
          to.content.write(toOffset, bytes);
          touch(to, true);
          return count;
        });
  }

  @Override
  public void destroy() {
    destroyed.incrementAndGet();
  }

  private MemoryInode make(Caller caller, long parent, byte[] name, int mode) throws FsException {
    MemoryInode directory = directory(parent);
    requireFree(directory, name(name));
    MemoryInode made = born(caller, directory, mode);
    made.nlink = 1;
    directory.put(name(name), made);
    touch(directory, true);
    return made;
  }

  private MemoryInode born(Caller caller, MemoryInode directory, int mode) {
    long number = nextNumber.getAndIncrement();
    boolean isSymlink = (mode & InodeItem.S_IFMT) == InodeItem.S_IFLNK;
    int masked = isSymlink ? mode : mode & ~caller.umask();
    var made = new MemoryInode(number, masked, caller.uid(), caller.gid(), clockNanos.getAsLong());
    if (directory.givesGroup()) {
      made.inheritGroupOf(directory);
    }
    inodes.put(number, made);
    return made;
  }

  private void drop(MemoryInode directory, String name, MemoryInode child) {
    directory.remove(name);
    if (child.isDirectory()) {
      child.nlink = 0;
      directory.nlink--;
    } else {
      child.nlink--;
    }
    touch(directory, true);
    touch(child, false);
    reclaim(child);
  }

  /** Puts an inode that was in another directory under a name, in place of what is there. */
  private void place(MemoryInode directory, String name, MemoryInode child, MemoryInode before) {
    directory.put(name, child);
    if (child.isDirectory() && before != directory) {
      before.nlink--;
      directory.nlink++;
      child.parent = directory;
    }
    touch(child, false);
    touch(directory, true);
    touch(before, true);
  }

  private void reclaim(MemoryInode inode) {
    if (inode.nlink == 0 && inode.lookups == 0 && inode.opened == 0) {
      inodes.remove(inode.number);
    }
  }

  private long opened(MemoryInode inode, int flags) {
    if ((flags & O_TRUNC) != 0) {
      inode.content.truncate(0);
      touch(inode, true);
    }
    inode.opened++;
    return inode.number;
  }

  private static Attr granted(MemoryInode inode) {
    inode.lookups++;
    return inode.attr();
  }

  private void touch(MemoryInode inode, boolean contents) {
    inode.ctime = clockNanos.getAsLong();
    if (contents) {
      inode.mtime = inode.ctime;
    }
  }

  private MemoryInode inode(long node) throws FsException {
    MemoryInode inode = inodes.get(node);
    if (inode == null) {
      throw new FsException(Errno.ESTALE);
    }
    return inode;
  }

  private MemoryInode directory(long node) throws FsException {
    MemoryInode inode = inode(node);
    if (!inode.isDirectory()) {
      throw new FsException(Errno.ENOTDIR);
    }
    if (inode.nlink == 0) {
      throw new FsException(Errno.ENOENT);
    }
    return inode;
  }

  private static MemoryInode child(MemoryInode directory, String name) throws FsException {
    MemoryInode.Entry entry = directory.entries().get(name);
    if (entry == null) {
      throw new FsException(Errno.ENOENT);
    }
    return entry.child();
  }

  private static void requireFree(MemoryInode directory, String name) throws FsException {
    if (directory.entries().containsKey(name)) {
      throw new FsException(Errno.EEXIST);
    }
  }

  private static void requireEmptyDirectory(MemoryInode inode) throws FsException {
    if (!inode.isDirectory()) {
      throw new FsException(Errno.ENOTDIR);
    }
    if (!inode.entries().isEmpty()) {
      throw new FsException(Errno.ENOTEMPTY);
    }
  }

  private static String name(byte[] name) throws FsException {
    if (name.length > NAME_BYTES_MAX) {
      throw new FsException(Errno.ENAMETOOLONG);
    }
    return text(name);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static int or(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }

  private static long or(@Nullable Long value, long otherwise) {
    return value == null ? otherwise : value;
  }

  /** A body that may refuse with {@code E}. */
  private interface Body<T, E extends Exception> {
    T run() throws E;
  }

  private <T, E extends Exception> T reading(Body<T, E> body) throws E {
    lock.readLock().lock();
    try {
      return body.run();
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T, E extends Exception> T changing(Body<T, E> body) throws E {
    lock.writeLock().lock();
    try {
      return body.run();
    } finally {
      lock.writeLock().unlock();
    }
  }
}

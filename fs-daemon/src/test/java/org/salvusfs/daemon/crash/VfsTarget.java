package org.salvusfs.daemon.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.metadata.item.InodeItem;

/** The top directory of a filesystem, driven without a kernel. */
record VfsTarget(FileSystem fs) implements Target {
  private static final Caller ROOT_USER = new Caller(0, 0, 1, 022);
  private static final int O_RDWR = 2;
  private static final int O_CREAT_EXCL = 0300;

  @FunctionalInterface
  private interface Call<T> {
    T run() throws FsException;
  }

  private static <T> T call(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (FsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Looks up and forgets at once: one thread works here, so the node stays what it is. */
  private Attr lookup(String name) throws IOException {
    return forget(call(() -> fs.lookup(ROOT_USER, FileSystem.ROOT, name.getBytes(UTF_8))));
  }

  private Attr forget(Attr attr) {
    fs.forget(attr.node(), 1);
    return attr;
  }

  @Override
  public void create(String name) throws IOException {
    call(
        () -> {
          var opened =
              fs.create(
                  ROOT_USER,
                  FileSystem.ROOT,
                  name.getBytes(UTF_8),
                  InodeItem.S_IFREG | 0644,
                  O_RDWR | O_CREAT_EXCL);
          fs.release(opened.attr().node(), opened.handle());
          return forget(opened.attr());
        });
  }

  @Override
  public void mkdir(String name) throws IOException {
    forget(call(() -> fs.mkdir(ROOT_USER, FileSystem.ROOT, name.getBytes(UTF_8), 0755)));
  }

  @Override
  public void symlink(String name, String to) throws IOException {
    forget(
        call(
            () ->
                fs.symlink(ROOT_USER, FileSystem.ROOT, name.getBytes(UTF_8), to.getBytes(UTF_8))));
  }

  @Override
  public void link(String from, String to) throws IOException {
    long node = lookup(from).node();
    forget(call(() -> fs.link(ROOT_USER, node, FileSystem.ROOT, to.getBytes(UTF_8))));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    call(
        () -> {
          fs.rename(
              ROOT_USER,
              FileSystem.ROOT,
              from.getBytes(UTF_8),
              FileSystem.ROOT,
              to.getBytes(UTF_8),
              0);
          return from;
        });
  }

  @Override
  public void remove(String name, boolean directory) throws IOException {
    call(
        () -> {
          if (directory) {
            fs.rmdir(ROOT_USER, FileSystem.ROOT, name.getBytes(UTF_8));
          } else {
            fs.unlink(ROOT_USER, FileSystem.ROOT, name.getBytes(UTF_8));
          }
          return name;
        });
  }

  /** Opens, acts, releases. */
  private <T> T withHandle(String name, HandleCall<T> action) throws IOException {
    long node = lookup(name).node();
    return call(
        () -> {
          long handle = fs.open(ROOT_USER, node, O_RDWR);
          try {
            return action.run(node, handle);
          } finally {
            fs.release(node, handle);
          }
        });
  }

  @FunctionalInterface
  private interface HandleCall<T> {
    T run(long node, long handle) throws FsException;
  }

  @Override
  public void write(String name, int offset, byte[] data) throws IOException {
    withHandle(
        name,
        (node, handle) ->
            fs.write(ROOT_USER, node, handle, offset, ByteBuffer.wrap(data), O_RDWR, false));
  }

  @Override
  public void truncate(String name, int size) throws IOException {
    long node = lookup(name).node();
    call(
        () ->
            fs.setattr(
                ROOT_USER,
                node,
                new SetAttr(null, null, null, (long) size, null, null, null, false)));
  }

  @Override
  public void fsync(String name, boolean dataOnly) throws IOException {
    long node = lookup(name).node();
    call(
        () -> {
          fs.fsync(node, dataOnly);
          return name;
        });
  }

  @Override
  public void fsyncDirectory() throws IOException {
    call(
        () -> {
          fs.fsyncdir(FileSystem.ROOT);
          return fs;
        });
  }

  @Override
  public Map<String, Object> names() throws IOException {
    var names = new TreeMap<String, Object>();
    return call(
        () -> {
          long handle = fs.opendir(ROOT_USER, FileSystem.ROOT);
          var found = new TreeMap<String, Long>();
          fs.readdir(
              FileSystem.ROOT,
              handle,
              0,
              false,
              (name, ino, type, cookie, attr) -> {
                found.put(new String(name, UTF_8), ino);
                return true;
              });
          fs.releasedir(FileSystem.ROOT, handle);
          for (String name : found.keySet()) {
            if (!name.equals(".") && !name.equals("..")) {
              names.put(
                  name, what(forget(fs.lookup(ROOT_USER, FileSystem.ROOT, name.getBytes(UTF_8)))));
            }
          }
          return names;
        });
  }

  private Object what(Attr attr) throws FsException {
    if (attr.item().isSymlink()) {
      return new String(fs.readlink(attr.node()), UTF_8);
    }
    return attr.item().isDirectory() ? "directory" : (Object) attr.node();
  }

  @Override
  public byte[] read(String name) throws IOException {
    var into = ByteBuffer.allocate((int) lookup(name).item().sizeBytes());
    int count = withHandle(name, (node, handle) -> fs.read(node, handle, 0, into, 0));
    if (count != into.capacity()) {
      throw new IOException(name + ": read " + count + " of " + into.capacity() + " bytes");
    }
    return into.array();
  }
}

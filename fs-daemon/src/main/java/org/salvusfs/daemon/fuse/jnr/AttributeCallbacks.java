package org.salvusfs.daemon.fuse.jnr;

import java.util.Objects;
import java.util.function.LongSupplier;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.SetAttr;

/** Callbacks about attributes, extended attributes and the whole filesystem. */
final class AttributeCallbacks {
  private static final int UNCHANGED = -1;

  /** The namespace of ACLs, which the kernel would store here without obeying them. */
  private static final String SYSTEM_PREFIX = "system.";

  private final FileSystem fs;
  private final PathNodes paths;
  private final Handles files;
  private final Callers callers;
  private final Answers answers;
  private final LongSupplier wallClock;

  /**
   * @param wallClock nanoseconds since 1970, for timestamps that are to be now
   */
  AttributeCallbacks(
      FileSystem fs,
      PathNodes paths,
      Handles files,
      Callers callers,
      Answers answers,
      LongSupplier wallClock) {
    this.fs = fs;
    this.paths = paths;
    this.files = files;
    this.callers = callers;
    this.answers = answers;
    this.wallClock = wallClock;
  }

  int getattr(@Nullable Pointer path, Pointer stat) {
    String text = Texts.string(Objects.requireNonNull(path));
    return answers.done(
        "GETATTR",
        () -> {
          PathNodes.Found found = paths.hold(callers.present(), text);
          try {
            Structs.stat(stat, found.attr(), found.links());
          } finally {
            paths.giveBack(found);
          }
        });
  }

  /**
   * By handle, which the kernel asks for sizes after a create or before an append, not for links.
   */
  int fgetattr(@Nullable Pointer path, Pointer stat, Pointer fileInfo) {
    return answers.done(
        "GETATTR",
        () -> {
          var attr = fs.getattr(files.get(FileInfo.number(fileInfo)).node());
          Structs.stat(stat, attr, attr.item().nlink());
        });
  }

  int chmod(Pointer path, int mode) {
    return change(path, new SetAttr(mode, null, null, null, null, null, null, false));
  }

  int chown(Pointer path, int uid, int gid) {
    return change(
        path,
        new SetAttr(
            null,
            uid == UNCHANGED ? null : (Integer) uid,
            gid == UNCHANGED ? null : (Integer) gid,
            null,
            null,
            null,
            null,
            false));
  }

  int truncate(Pointer path, long size) {
    return change(path, sized(size));
  }

  int ftruncate(@Nullable Pointer path, long size, Pointer fileInfo) {
    return answers.done(
        "SETATTR",
        () ->
            fs.setattr(
                callers.present(), files.get(FileInfo.number(fileInfo)).node(), sized(size)));
  }

  /** Two {@code struct timespec}: access, modification. */
  int utimens(@Nullable Pointer path, Pointer times) {
    long now = wallClock.getAsLong();
    return change(
        Objects.requireNonNull(path),
        new SetAttr(
            null,
            null,
            null,
            null,
            Structs.time(times, 0, now),
            Structs.time(times, 1, now),
            null,
            false));
  }

  int statfs(@Nullable Pointer path, Pointer into) {
    String text = Texts.string(Objects.requireNonNull(path));
    return answers.done(
        "STATFS",
        () ->
            Structs.statfs(
                into, paths.at(callers.present(), text, attr -> fs.statfs(attr.node()))));
  }

  int setxattr(Pointer path, Pointer name, @Nullable Pointer value, long size, int flags) {
    return answers.done(
        "SETXATTR",
        () -> {
          byte[] attribute = attributeName(name);
          byte[] bytes = new byte[(int) size];
          if (value != null) {
            value.get(0, bytes, 0, bytes.length);
          }
          Caller caller = callers.present();
          paths.at(
              caller,
              Texts.string(path),
              attr -> {
                fs.setxattr(caller, attr.node(), attribute, bytes, flags);
                return attr;
              });
        });
  }

  int getxattr(Pointer path, Pointer name, @Nullable Pointer buffer, long size) {
    return answers.count(
        "GETXATTR",
        () -> {
          byte[] attribute = attributeName(name);
          byte[] value =
              paths.at(
                  callers.present(),
                  Texts.string(path),
                  attr -> fs.getxattr(attr.node(), attribute));
          return give(value, buffer, size);
        });
  }

  int listxattr(Pointer path, @Nullable Pointer buffer, long size) {
    return answers.count(
        "LISTXATTR",
        () ->
            give(
                paths.at(callers.present(), Texts.string(path), attr -> fs.listxattr(attr.node())),
                buffer,
                size));
  }

  int removexattr(@Nullable Pointer path, Pointer name) {
    String text = Texts.string(Objects.requireNonNull(path));
    return answers.done(
        "REMOVEXATTR",
        () -> {
          byte[] attribute = attributeName(name);
          Caller caller = callers.present();
          paths.at(
              caller,
              text,
              attr -> {
                fs.removexattr(caller, attr.node(), attribute);
                return attr;
              });
        });
  }

  private int change(Pointer path, SetAttr change) {
    return answers.done(
        "SETATTR",
        () -> {
          Caller caller = callers.present();
          paths.at(caller, Texts.string(path), attr -> fs.setattr(caller, attr.node(), change));
        });
  }

  private static SetAttr sized(long bytes) {
    return new SetAttr(null, null, null, bytes, null, null, null, false);
  }

  /** Size 0 asks for the length. */
  private static int give(byte[] value, @Nullable Pointer buffer, long size) throws FsException {
    if (size == 0 || buffer == null) {
      return value.length;
    }
    if (value.length > size) {
      throw new FsException(Errno.ERANGE, value.length + " bytes do not fit into " + size);
    }
    buffer.put(0, value, 0, value.length);
    return value.length;
  }

  private static byte[] attributeName(Pointer name) throws FsException {
    String text = Texts.string(name);
    if (text.startsWith(SYSTEM_PREFIX)) {
      throw new FsException(Errno.EOPNOTSUPP, "system attributes");
    }
    return Texts.bytes(text);
  }
}

package org.salvusfs.daemon.fuse.jnr;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.util.Objects;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;

/**
 * Callbacks about open files and their contents. Contents are read and written in libfuse2's
 * buffers, which are valid only until the callback returns.
 */
final class FileCallbacks {
  private final FileSystem fs;
  private final PathNodes paths;
  private final Handles files;
  private final Callers callers;
  private final Answers answers;

  FileCallbacks(FileSystem fs, PathNodes paths, Handles files, Callers callers, Answers answers) {
    this.fs = fs;
    this.paths = paths;
    this.files = files;
    this.callers = callers;
    this.answers = answers;
  }

  int create(@Nullable Pointer path, int mode, Pointer fileInfo) {
    String text = Texts.string(Objects.requireNonNull(path));
    return answers.done(
        "CREATE",
        () -> {
          Caller caller = callers.present();
          PathNodes.Place place = paths.place(caller, text);
          Opened opened =
              fs.create(caller, place.parent(), place.name(), mode, FileInfo.flags(fileInfo));
          FileInfo.setNumber(fileInfo, files.opened(opened.attr().node(), opened.handle(), 1));
        });
  }

  int open(@Nullable Pointer path, Pointer fileInfo) {
    String text = Texts.string(Objects.requireNonNull(path));
    return answers.done(
        "OPEN",
        () -> {
          Caller caller = callers.present();
          PathNodes.Found found = paths.hold(caller, text);
          long handle;
          try {
            handle = fs.open(caller, found.node(), FileInfo.flags(fileInfo));
          } catch (FsException | RuntimeException e) {
            paths.giveBack(found);
            throw e;
          }
          FileInfo.setNumber(fileInfo, files.opened(found.node(), handle, found.lookups()));
        });
  }

  int read(@Nullable Pointer path, Pointer buffer, long size, long offset, Pointer fileInfo) {
    return answers.count(
        "READ",
        () -> {
          Handles.Handle file = files.get(FileInfo.number(fileInfo));
          int flags = FileInfo.flags(fileInfo);
          return fs.read(file.node(), file.handle(), offset, bytes(buffer, size), flags);
        });
  }

  /** The kernel has cleared setuid and setgid itself: libfuse2 does not offer to. */
  int write(@Nullable Pointer path, Pointer buffer, long size, long offset, Pointer fileInfo) {
    return answers.count(
        "WRITE",
        () -> {
          Handles.Handle file = files.get(FileInfo.number(fileInfo));
          int flags = FileInfo.flags(fileInfo);
          Caller caller = FileInfo.isWriteback(fileInfo) ? Caller.WRITEBACK : callers.present();
          return fs.write(
              caller, file.node(), file.handle(), offset, bytes(buffer, size), flags, false);
        });
  }

  int release(@Nullable Pointer path, Pointer fileInfo) {
    return answers.done(
        "RELEASE",
        () -> {
          Handles.Handle file = files.remove(FileInfo.number(fileInfo));
          fs.release(file.node(), file.handle());
          files.released(file);
        });
  }

  int fsync(@Nullable Pointer path, int dataOnly, Pointer fileInfo) {
    return answers.done(
        "FSYNC", () -> fs.fsync(files.get(FileInfo.number(fileInfo)).node(), dataOnly != 0));
  }

  int fallocate(@Nullable Pointer path, int mode, long offset, long length, Pointer fileInfo) {
    return answers.done(
        "FALLOCATE",
        () -> {
          Handles.Handle file = files.get(FileInfo.number(fileInfo));
          fs.fallocate(callers.present(), file.node(), file.handle(), mode, offset, length);
        });
  }

  /** There are none; without this callback the answer would be that there is no such call. */
  int ioctl(
      @Nullable Pointer path,
      int command,
      @Nullable Pointer argument,
      Pointer fileInfo,
      int flags,
      @Nullable Pointer data) {
    return -Errno.ENOTTY.code();
  }

  private static ByteBuffer bytes(Pointer buffer, long size) {
    return MemoryIO.getInstance().newDirectByteBuffer(buffer.address(), (int) size);
  }
}

package org.salvusfs.daemon.fuse.jnr;

import java.nio.ByteBuffer;
import java.util.Objects;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import jnr.ffi.provider.jffi.ClosureHelper;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.struct.FileStat;

/** Callbacks about open directories. */
final class DirectoryCallbacks {
  /** Names are at most 255 bytes, and a NUL. */
  private static final int NAME_ROOM = 256;

  private final FileSystem fs;
  private final PathNodes paths;
  private final Handles directories;
  private final Callers callers;
  private final Answers answers;

  DirectoryCallbacks(
      FileSystem fs, PathNodes paths, Handles directories, Callers callers, Answers answers) {
    this.fs = fs;
    this.paths = paths;
    this.directories = directories;
    this.callers = callers;
    this.answers = answers;
  }

  int opendir(@Nullable Pointer path, Pointer fileInfo) {
    String text = Texts.string(Objects.requireNonNull(path));
    return answers.done(
        "OPENDIR",
        () -> {
          Caller caller = callers.present();
          PathNodes.Found found = paths.hold(caller, text);
          long handle;
          try {
            handle = fs.opendir(caller, found.node());
          } catch (FsException | RuntimeException e) {
            paths.giveBack(found);
            throw e;
          }
          FileInfo.setNumber(fileInfo, directories.opened(found.node(), handle, found.lookups()));
        });
  }

  /** Fills until the buffer is full; each entry says where to go on after it. */
  int readdir(
      @Nullable Pointer path, Pointer buffer, Pointer filler, long offset, Pointer fileInfo) {
    return answers.done(
        "READDIR",
        () -> {
          Handles.Handle directory = directories.get(FileInfo.number(fileInfo));
          FuseFillDir fill = function(filler);
          Pointer memory = Memory.allocateDirect(Runtime.getSystemRuntime(), statBytes(), true);
          FileStat stat = FileStat.of(memory);
          ByteBuffer text = ByteBuffer.allocateDirect(NAME_ROOM);
          fs.readdir(
              directory.node(),
              directory.handle(),
              offset,
              false,
              (name, ino, type, cookie, attr) -> {
                Structs.entry(stat, ino, type);
                text.clear().put(name).put((byte) 0).flip();
                return fill.apply(buffer, text, memory, cookie) == 0;
              });
        });
  }

  int releasedir(@Nullable Pointer path, Pointer fileInfo) {
    return answers.done(
        "RELEASEDIR",
        () -> {
          Handles.Handle directory = directories.remove(FileInfo.number(fileInfo));
          fs.releasedir(directory.node(), directory.handle());
          directories.released(directory);
        });
  }

  int fsyncdir(@Nullable Pointer path, int dataOnly, Pointer fileInfo) {
    return answers.done(
        "FSYNCDIR", () -> fs.fsyncdir(directories.get(FileInfo.number(fileInfo)).node()));
  }

  private static FuseFillDir function(Pointer address) {
    ClosureHelper helper = ClosureHelper.getInstance();
    return helper
        .getNativeConveter(FuseFillDir.class)
        .fromNative(address, helper.getFromNativeContext());
  }

  private static int statBytes() {
    return Struct.size(FileStat.of(Pointer.wrap(Runtime.getSystemRuntime(), 0)));
  }
}

package org.salvusfs.daemon.fuse.jnr;

import java.util.Objects;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;

/** Callbacks that create, rename and remove names. */
final class NamespaceCallbacks {
  private final FileSystem fs;
  private final PathNodes paths;
  private final HiddenFiles hidden;
  private final Handles files;
  private final Callers callers;
  private final CurrentRequest request;
  private final Answers answers;

  NamespaceCallbacks(
      FileSystem fs,
      PathNodes paths,
      HiddenFiles hidden,
      Handles files,
      Callers callers,
      CurrentRequest request,
      Answers answers) {
    this.fs = fs;
    this.paths = paths;
    this.hidden = hidden;
    this.files = files;
    this.callers = callers;
    this.request = request;
    this.answers = answers;
  }

  /** The target with a NUL; cut if the buffer is too small. */
  int readlink(Pointer path, @Nullable Pointer buffer, long size) {
    return answers.done(
        "READLINK",
        () -> {
          byte[] target =
              paths.at(callers.present(), Texts.string(path), attr -> fs.readlink(attr.node()));
          int count = (int) Math.min(target.length, size - 1);
          Pointer into = Objects.requireNonNull(buffer);
          into.put(0, target, 0, count);
          into.putByte(count, (byte) 0);
        });
  }

  /** Not for regular files: for these libfuse2 calls create and release. */
  int mknod(Pointer path, int mode, long device) {
    return make(
        "MKNOD",
        path,
        (caller, place) -> fs.mknod(caller, place.parent(), place.name(), mode, (int) device));
  }

  int mkdir(Pointer path, int mode) {
    return make(
        "MKDIR", path, (caller, place) -> fs.mkdir(caller, place.parent(), place.name(), mode));
  }

  int symlink(@Nullable Pointer target, Pointer path) {
    byte[] text = Texts.bytes(Objects.requireNonNull(target));
    return make(
        "SYMLINK", path, (caller, place) -> fs.symlink(caller, place.parent(), place.name(), text));
  }

  int link(@Nullable Pointer existing, Pointer path) {
    String linked = Texts.string(Objects.requireNonNull(existing));
    return make(
        "LINK",
        path,
        (caller, place) ->
            paths.at(
                caller,
                linked,
                attr -> fs.link(caller, attr.node(), place.parent(), place.name())));
  }

  /** Makes something at a place; the result counts as a lookup. */
  private interface Maker {
    Attr make(Caller caller, PathNodes.Place place) throws FsException;
  }

  private int make(String operation, Pointer path, Maker maker) {
    return answers.done(
        operation,
        () -> {
          Caller caller = callers.present();
          Attr made = maker.make(caller, paths.place(caller, Texts.string(path)));
          fs.forget(made.node(), 1);
        });
  }

  /** Outside of an UNLINK request, libfuse2 means a name of its own for a file that is closed. */
  int unlink(Pointer path) {
    if (!request.isUnlink()) {
      return 0;
    }
    return answers.done(
        "UNLINK",
        () -> {
          Caller caller = callers.present();
          PathNodes.Place place = paths.place(caller, Texts.string(path));
          fs.unlink(caller, place.parent(), place.name());
        });
  }

  int rmdir(Pointer path) {
    return answers.done(
        "RMDIR",
        () -> {
          Caller caller = callers.present();
          String directory = Texts.string(path);
          PathNodes.Place place = paths.place(caller, directory);
          fs.rmdir(caller, place.parent(), place.name());
          paths.forget(directory);
        });
  }

  int rename(@Nullable Pointer from, Pointer to) {
    String oldPath = Texts.string(Objects.requireNonNull(from));
    String newPath = Texts.string(to);
    return answers.done(
        "RENAME",
        () -> {
          Caller caller = callers.present();
          PathNodes.Place before = paths.place(caller, oldPath);
          PathNodes.Place after = paths.place(caller, newPath);
          if (request.isRenameTo(after.lastName())) {
            fs.rename(caller, before.parent(), before.name(), after.parent(), after.name(), 0);
            paths.forget(oldPath);
            paths.forget(newPath);
          } else {
            hide(caller, before, after);
          }
        });
  }

  /**
   * libfuse2 hides an open file. In an UNLINK its name goes; in a RENAME the file is about to be
   * replaced, which is left to the rename that follows, so that it happens at once.
   */
  private void hide(Caller caller, PathNodes.Place name, PathNodes.Place hiddenName)
      throws FsException {
    PathNodes.Found found = paths.hold(caller, name);
    try {
      files.ifOpen(found.node(), () -> hidden.hide(found.node(), hiddenName));
      if (request.isUnlink()) {
        fs.unlink(caller, name.parent(), name.name());
      }
    } catch (FsException e) {
      hidden.show(hiddenName);
      throw e;
    } finally {
      paths.giveBack(found);
    }
  }
}

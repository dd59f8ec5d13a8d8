package org.salvusfs.daemon.fuse.jnr;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.BaseStruct;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.struct.FuseOperations;

/**
 * {@code struct fuse_operations}, filled with callbacks of ours. Has to be kept as long as libfuse2
 * may call: with it the garbage collector takes what C points to. What is not set libfuse2 answers
 * with ENOSYS, which makes the kernel keep locks itself, check permissions itself, and flush
 * nothing.
 */
final class OperationTable {
  private static final int NULLPATH_OK = 1;
  private static final int NOPATH = 1 << 1;
  private static final int UTIME_OMIT_OK = 1 << 2;

  private static final int POINTER_BYTES = 8;

  private final FuseOperations operations = new FuseOperations(Runtime.getSystemRuntime());
  private final List<Object> kept = new ArrayList<>();
  private final Pointer memory;

  OperationTable(
      NamespaceCallbacks names,
      AttributeCallbacks attributes,
      FileCallbacks files,
      DirectoryCallbacks directories) {
    memory = Memory.allocateDirect(Runtime.getSystemRuntime(), bytes(), true);
    // jnr-fuse declares the bit field behind bmap as single bytes.
    memory.putInt(operations.bmap.offset() + POINTER_BYTES, NULLPATH_OK | NOPATH | UTIME_OMIT_OK);
    set(names);
    set(attributes);
    set(files);
    set(directories);
  }

  Pointer memory() {
    return memory;
  }

  int bytes() {
    return Struct.size(operations);
  }

  private void set(NamespaceCallbacks names) {
    set(operations.readlink, Callbacks.PathPointerLong.class, names::readlink);
    set(operations.mknod, Callbacks.PathIntLong.class, names::mknod);
    set(operations.mkdir, Callbacks.PathInt.class, names::mkdir);
    set(operations.unlink, Callbacks.Path.class, names::unlink);
    set(operations.rmdir, Callbacks.Path.class, names::rmdir);
    set(operations.symlink, Callbacks.PathPointer.class, names::symlink);
    set(operations.rename, Callbacks.PathPointer.class, names::rename);
    set(operations.link, Callbacks.PathPointer.class, names::link);
  }

  private void set(AttributeCallbacks attributes) {
    set(operations.getattr, Callbacks.PathPointer.class, attributes::getattr);
    set(operations.fgetattr, Callbacks.PathPointerPointer.class, attributes::fgetattr);
    set(operations.chmod, Callbacks.PathInt.class, attributes::chmod);
    set(operations.chown, Callbacks.PathIntInt.class, attributes::chown);
    set(operations.utimens, Callbacks.PathPointer.class, attributes::utimens);
    set(operations.truncate, Callbacks.PathLong.class, attributes::truncate);
    set(operations.ftruncate, Callbacks.PathLongPointer.class, attributes::ftruncate);
    set(operations.statfs, Callbacks.PathPointer.class, attributes::statfs);
    set(operations.setxattr, Callbacks.PathPointerPointerLongInt.class, attributes::setxattr);
    set(operations.getxattr, Callbacks.PathPointerPointerLong.class, attributes::getxattr);
    set(operations.listxattr, Callbacks.PathPointerLong.class, attributes::listxattr);
    set(operations.removexattr, Callbacks.PathPointer.class, attributes::removexattr);
  }

  private void set(FileCallbacks files) {
    set(operations.create, Callbacks.PathIntPointer.class, files::create);
    set(operations.open, Callbacks.PathPointer.class, files::open);
    set(operations.read, Callbacks.PathPointerLongLongPointer.class, files::read);
    set(operations.write, Callbacks.PathPointerLongLongPointer.class, files::write);
    set(operations.release, Callbacks.PathPointer.class, files::release);
    set(operations.fsync, Callbacks.PathIntPointer.class, files::fsync);
    set(operations.fallocate, Callbacks.PathIntLongLongPointer.class, files::fallocate);
    set(operations.ioctl, Callbacks.PathIntPointerPointerIntPointer.class, files::ioctl);
  }

  private void set(DirectoryCallbacks directories) {
    set(operations.opendir, Callbacks.PathPointer.class, directories::opendir);
    set(operations.readdir, Callbacks.PathPointerPointerLongPointer.class, directories::readdir);
    set(operations.releasedir, Callbacks.PathPointer.class, directories::releasedir);
    set(operations.fsyncdir, Callbacks.PathIntPointer.class, directories::fsyncdir);
  }

  private <T> void set(BaseStruct.Func<?> field, Class<T> shape, T callback) {
    Pointer function =
        Runtime.getSystemRuntime().getClosureManager().getClosurePointer(shape, callback);
    kept.add(callback);
    kept.add(function);
    memory.putPointer(field.offset(), function);
  }
}

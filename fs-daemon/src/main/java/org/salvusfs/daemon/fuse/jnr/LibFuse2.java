package org.salvusfs.daemon.fuse.jnr;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fuse.kernel.MountException;
import ru.serce.jnrfuse.LibFuse;

/**
 * The functions of libfuse2 by which a mount is made and served, in addition to those that jnr-fuse
 * knows. Public because jnr generates code that implements it.
 *
 * @see "fuse.h and fuse_opt.h of libfuse 2.9.9"
 */
public interface LibFuse2 extends LibFuse {
  /** What the dynamic linker finds; the number is the ABI's. */
  String FILE = "libfuse.so.2";

  /**
   * Loads the library from a file that the dynamic linker finds.
   *
   * @throws MountException if it is not installed
   */
  static LibFuse2 load(String file) throws MountException {
    try {
      return LibraryLoader.create(LibFuse2.class).failImmediately().load(file);
    } catch (LinkageError e) {
      throw new MountException(
          "libfuse2 is missing, which --fuse jnr needs: install it with 'apt-get install libfuse2'.",
          e);
    }
  }

  /**
   * Mounts, and makes the handle that serves the mount; copies {@code operations}. (fuse_new would
   * do, but the linker gives out the one of 2001 under that name.)
   *
   * @param mountPoint becomes a pointer to a text
   * @param multithreaded becomes an int that does not matter here
   * @return null with a message on standard error if that is not possible
   */
  @Nullable Pointer fuse_setup(
      int count,
      String[] arguments,
      Pointer operations,
      @size_t long operationsBytes,
      Pointer mountPoint,
      Pointer multithreaded,
      @Nullable Pointer userData);

  /**
   * Closes the channel, unmounts unless the connection has ended, and frees the handle and the text
   * of the mount point; no thread may use them any more.
   */
  void fuse_teardown(Pointer fuse, Pointer mountPoint);

  /** Waits for a request; null if the wait was interrupted or the connection has ended. */
  @Nullable Pointer fuse_read_cmd(Pointer fuse);

  /** Performs a request by calling back, answers it and frees it. */
  void fuse_process_cmd(Pointer fuse, Pointer command);

  /** Whether the connection has ended; else 0. */
  int fuse_exited(Pointer fuse);
}

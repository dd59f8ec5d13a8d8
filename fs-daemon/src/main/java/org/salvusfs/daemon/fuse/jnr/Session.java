package org.salvusfs.daemon.fuse.jnr;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.LongSupplier;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.fuse.kernel.Options;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libfuse2's side of one mount: its handle, and what it calls. Has to be kept as long as the mount
 * lives. {@link #open} comes first, then {@link #serve}; both are called once.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final LibFuse2 library;
  private final FileSystem fs;
  private final OperationListener listener;
  private final PathNodes paths;
  private final OperationTable operations;
  private final CurrentRequest request = new CurrentRequest();

  /** Where libfuse2 leaves its copy of the mount point's name. */
  private final Pointer mountPoint =
      Memory.allocateDirect(Runtime.getSystemRuntime(), Long.BYTES, true);

  private @Nullable Pointer fuse;

  Session(LibFuse2 library, FileSystem fs, OperationListener listener, LongSupplier wallClock) {
    this.library = library;
    this.fs = fs;
    this.listener = listener;
    var hidden = new HiddenFiles();
    var files = new Handles(fs, hidden::closed);
    var directories = new Handles(fs, node -> {});
    var callers = new Callers(library);
    var answers = new Answers(listener);
    this.paths = new PathNodes(fs, hidden);
    this.operations =
        new OperationTable(
            new NamespaceCallbacks(fs, paths, hidden, files, callers, request, answers),
            new AttributeCallbacks(fs, paths, files, callers, answers, wallClock),
            new FileCallbacks(fs, paths, files, callers, answers),
            new DirectoryCallbacks(fs, paths, directories, callers, answers));
  }

  /**
   * Mounts.
   *
   * @throws MountException if libfuse2 cannot; it has said why on standard error
   */
  void open(Path directory, Options options) throws MountException {
    String[] arguments = MountArguments.of(directory, options);
    fuse =
        library.fuse_setup(
            arguments.length,
            arguments,
            operations.memory(),
            operations.bytes(),
            mountPoint,
            Memory.allocateDirect(Runtime.getSystemRuntime(), Integer.BYTES, true),
            null);
    if (fuse == null) {
      throw new MountException(
          "libfuse2 cannot mount " + directory + "; it says why in the lines above.");
    }
  }

  /** Starts to serve what was mounted. */
  Readers serve(Options options) {
    var readers =
        new Readers(
            library,
            Objects.requireNonNull(fuse),
            request,
            Thread.ofPlatform().name("fuse-", 0).factory(),
            options.threadsMax(),
            this::close);
    readers.start();
    return readers;
  }

  /** Nobody serves any more: everything is given back. */
  private void close() {
    library.fuse_teardown(Objects.requireNonNull(fuse), mountPoint.getPointer(0));
    try {
      try {
        paths.forgetAll();
      } finally {
        fs.destroy();
      }
    } catch (RuntimeException e) {
      LOG.error("Defect in destroying the filesystem", e);
      listener.defect("DESTROY", e);
    }
  }
}

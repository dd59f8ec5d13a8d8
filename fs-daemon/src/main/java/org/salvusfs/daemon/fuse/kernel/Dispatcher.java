package org.salvusfs.daemon.fuse.kernel;

import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns one request into one reply by calling the {@link FileSystem}. Knows nothing of the device:
 * works on buffers. Thread-safe as far as each thread brings its own request and reply.
 *
 * <p>Nothing that a request holds and nothing that the filesystem throws leaves {@link #serve}: a
 * refusal becomes its errno, a malformed request EINVAL, any other exception or error is a defect
 * and becomes EIO, one stack trace in the log and a call of {@link OperationListener#defect}.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final FileSystem fs;
  private final OperationListener listener;
  private final Interrupts interrupts;
  private final NamespaceOperations namespace;
  private final AttributeOperations attributes;
  private final FileOperations files;
  private final DirectoryOperations directories;

  /**
   * @param opens whether the kernel has files opened and released here: {@link Negotiated#opens}
   */
  Dispatcher(
      FileSystem fs,
      Options options,
      boolean opens,
      OperationListener listener,
      Interrupts interrupts) {
    this.fs = fs;
    this.listener = listener;
    this.interrupts = interrupts;
    this.namespace = new NamespaceOperations(fs, options.lifetimes());
    this.attributes = new AttributeOperations(fs);
    this.files = new FileOperations(fs, opens);
    this.directories = new DirectoryOperations(fs, options.cacheDirectories());
  }

  /**
   * Performs the request and prepares the reply.
   *
   * @return whether the reply is to be sent: some operations have none
   */
  boolean serve(Request in, Reply out) {
    out.start(in.unique());
    Opcode opcode = Opcode.of(in.opcode());
    try {
      if (opcode == null) {
        throw new FsException(Errno.ENOSYS, "operation " + in.opcode());
      }
      in.check(opcode.bodyBytesMin());
      return perform(opcode, in, out);
    } catch (FsException e) {
      out.fail(e.errno().code());
    } catch (RuntimeException | Error e) {
      LOG.error("Defect in {} of node {}: answered with EIO", name(opcode), in.node(), e);
      listener.defect(name(opcode), e);
      out.fail(Errno.EIO.code());
    }
    return opcode == null || hasReply(opcode);
  }

  /** Undoes what the reply grants, because the kernel did not take it. */
  void undelivered(Request in, Reply out) {
    try {
      Grants.takeBack(fs, in, out);
    } catch (RuntimeException e) {
      LOG.error("Defect in taking back an undelivered reply for node {}", in.node(), e);
      listener.defect(operation(in), e);
    }
  }

  /** The name of the request's operation. */
  static String operation(Request in) {
    return name(Opcode.of(in.opcode()));
  }

  private static String name(@Nullable Opcode opcode) {
    return opcode == null ? "UNKNOWN" : opcode.name();
  }

  private static boolean hasReply(Opcode opcode) {
    return opcode != Opcode.FORGET
        && opcode != Opcode.BATCH_FORGET
        && opcode != Opcode.NOTIFY_REPLY;
  }

  private boolean perform(Opcode opcode, Request in, Reply out) throws FsException {
    switch (opcode) {
      case LOOKUP -> namespace.lookup(in, out);
      case FORGET -> namespace.forget(in);
      case BATCH_FORGET -> namespace.batchForget(in);
      case MKNOD -> namespace.mknod(in, out);
      case MKDIR -> namespace.mkdir(in, out);
      case SYMLINK -> namespace.symlink(in, out);
      case READLINK -> namespace.readlink(in, out);
      case LINK -> namespace.link(in, out);
      case UNLINK -> namespace.unlink(in);
      case RMDIR -> namespace.rmdir(in);
      case RENAME -> namespace.rename(in);
      case RENAME2 -> namespace.rename2(in);
      case GETATTR -> attributes.getattr(in, out);
      case STATX -> attributes.statx(in, out);
      case SETATTR -> attributes.setattr(in, out);
      case STATFS -> attributes.statfs(in, out);
      case SETXATTR -> attributes.setxattr(in);
      case GETXATTR -> attributes.getxattr(in, out);
      case LISTXATTR -> attributes.listxattr(in, out);
      case REMOVEXATTR -> attributes.removexattr(in);
      case OPEN -> files.open(in, out);
      case CREATE -> files.create(in, out);
      case TMPFILE -> files.tmpfile(in, out);
      case READ -> files.read(in, out);
      case WRITE -> files.write(in, out);
      case RELEASE -> files.release(in);
      case FSYNC -> files.fsync(in);
      case FALLOCATE -> files.fallocate(in);
      case LSEEK -> files.lseek(in, out);
      case COPY_FILE_RANGE -> files.copyFileRange(in, out);
      case COPY_FILE_RANGE_64 -> files.copyFileRange64(in, out);
      case OPENDIR -> directories.opendir(in, out);
      case READDIR -> directories.readdir(in, out, false);
      case READDIRPLUS -> directories.readdir(in, out, true);
      case RELEASEDIR -> directories.releasedir(in);
      case FSYNCDIR -> directories.fsyncdir(in);
      case INTERRUPT -> {
        return interrupt(in, out);
      }
      // The kernel sends it only to block devices; the end of the mount calls destroy().
      case DESTROY, NOTIFY_REPLY -> {}
      case IOCTL -> out.fail(Errno.ENOTTY.code());
      // INIT comes once, before any worker runs. For the others ENOSYS makes the kernel do without:
      // it keeps locks itself, checks permissions itself, maps no blocks.
      case INIT,
          FLUSH,
          ACCESS,
          GETLK,
          SETLK,
          SETLKW,
          BMAP,
          POLL,
          SETUPMAPPING,
          REMOVEMAPPING,
          SYNCFS ->
          out.fail(Errno.ENOSYS.code());
    }
    return hasReply(opcode);
  }

  /**
   * fuse_interrupt_in: unique u64. Answered only if the operation is not (or not yet) running:
   * EAGAIN makes the kernel send the interrupt again as long as the operation is unanswered.
   */
  private boolean interrupt(Request in, Reply out) {
    return switch (interrupts.interrupt(in.int64(0))) {
      case DONE -> false;
      case NOT_RUNNING -> {
        out.fail(Errno.EAGAIN.code());
        yield true;
      }
      case NOT_OFFERED -> {
        out.fail(Errno.ENOSYS.code());
        yield true;
      }
    };
  }
}

package org.salvusfs.daemon.fuse.jnr;

import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what a callback does, and turns the outcome into the number that libfuse2 wants: a count, 0,
 * or a negative errno. Nothing that is thrown leaves it, for there is C below.
 */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private final OperationListener listener;

  Answers(OperationListener listener) {
    this.listener = listener;
  }

  /** An operation that gives a count. */
  @FunctionalInterface
  interface Counting {
    int run() throws FsException;
  }

  /** An operation that gives nothing. */
  @FunctionalInterface
  interface Doing {
    void run() throws FsException;
  }

  int done(String operation, Doing body) {
    return count(
        operation,
        () -> {
          body.run();
          return 0;
        });
  }

  int count(String operation, Counting body) {
    long start = System.nanoTime();
    int result;
    try {
      result = body.run();
    } catch (FsException e) {
      result = -e.errno().code();
    } catch (RuntimeException | Error e) {
      LOG.error("Defect in {}: answered with EIO", operation, e);
      listener.defect(operation, e);
      result = -Errno.EIO.code();
    }
    listener.completed(operation, System.nanoTime() - start, Math.max(0, -result));
    return result;
  }
}
